/** The figures of the recommendations: how good they are, how fast, how varied and how fair, what learning and serving them takes. */

import { type RecommendCost, recommendCostOf } from './cost-report.ts';
import { servingApart, trainingApart } from './recommend-apart.ts';
import { RECOMMEND_BUDGETS } from './recommend-budgets.ts';
import { measureRecommendLife, QUICK_RECOMMEND_LIFE, RECOMMEND_LIFE, type RecommendLife } from './recommend-life.ts';
import { measurePriceNeutrality, type PriceCheck } from './recommend-prices.ts';
import {
  type BasketQuality,
  basketShops,
  measureBasketQuality,
  measureSessionQuality,
  type SessionQuality,
  sessionShops,
} from './recommend-quality.ts';
import { measureRecommendRuntime, type RecommendRuntime } from './recommend-runtime.ts';
import type { ServingRow } from './recommend-serving.ts';
import type { TrainingRow } from './recommend-training.ts';
import { measureVariety, type VarietyRow } from './recommend-variety.ts';

export const FULL_RECOMMEND = {
  /** Of so many sessions, and baskets, one is predicted. */
  every: 1,
  training: [
    { interactions: 100_000, products: 10_000 },
    { interactions: 900_000, products: 50_000 },
    { interactions: 1_000_000, products: 50_000 },
  ],
  serving: [
    { products: 10_000, sessions: 100_000, questions: 2_000 },
    { products: 100_000, sessions: 1_000_000, questions: 5_000 },
  ],
  runtime: {
    products: 2_000,
    members: 500,
    requestsPerSecond: RECOMMEND_BUDGETS.requestsPerSecond,
    seconds: 20,
    clicks: 50,
  },
  pricePairs: 500,
  life: RECOMMEND_LIFE,
};

export const QUICK_RECOMMEND: typeof FULL_RECOMMEND = {
  every: 20,
  training: [
    { interactions: 50_000, products: 5_000 },
    { interactions: 100_000, products: 10_000 },
  ],
  serving: [{ products: 10_000, sessions: 20_000, questions: 500 }],
  runtime: {
    products: 500,
    members: 100,
    requestsPerSecond: RECOMMEND_BUDGETS.requestsPerSecond,
    seconds: 5,
    clicks: 10,
  },
  pricePairs: 60,
  life: QUICK_RECOMMEND_LIFE,
};

const TEN_MILLION = { interactions: 10_000_000, products: 100_000 };

/** Where a text stands in place of figures it says why there are none. */
export type RecommendMeasurements = {
  sessions: (SessionQuality | string)[];
  baskets: (BasketQuality | string)[];
  training: TrainingRow[];
  serving: ServingRow[];
  variety: VarietyRow[] | string;
  prices: PriceCheck;
  runtime: RecommendRuntime;
  life: RecommendLife;
  cost: RecommendCost;
};

export async function measureRecommend(
  size: typeof FULL_RECOMMEND,
  { tenMillion }: { tenMillion: boolean },
  tell: (line: string) => void,
): Promise<RecommendMeasurements> {
  const serving: ServingRow[] = [];
  for (const options of size.serving) {
    tell(`answering from ${options.products} products and ${options.sessions} sessions`);
    serving.push(await servingApart(options));
  }
  tell('asking for recommendations in the local runtime');
  const runtime = await measureRecommendRuntime(size.runtime);
  const training: TrainingRow[] = [];
  for (const options of [...size.training, ...(tenMillion ? [TEN_MILLION] : [])]) {
    tell(`learning from ${options.interactions} interactions`);
    training.push(await trainingApart({ ...options, parts: options.interactions < TEN_MILLION.interactions }));
  }
  const sessions: (SessionQuality | string)[] = [];
  for (const shop of sessionShops) {
    tell(`predicting sessions of ${shop}`);
    sessions.push(await measureSessionQuality(shop, size.every));
  }
  const baskets: (BasketQuality | string)[] = [];
  for (const shop of basketShops) {
    tell(`predicting baskets of ${shop}`);
    baskets.push(await measureBasketQuality(shop, size.every));
  }
  tell('making lists varied');
  const variety = await measureVariety(size.every);
  tell('comparing prices');
  const prices = measurePriceNeutrality({ pairs: size.pricePairs });
  tell('letting members look at products and ask for recommendations, for the bill');
  const life = await measureRecommendLife(size.life);
  const cost = recommendCostOf(life);
  return { sessions, baskets, training, serving, variety, prices, runtime, life, cost };
}
