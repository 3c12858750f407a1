/** Whether members who spend much are offered other prices than members with a like history who spend little. */
import { chanceOf } from '../../infra/attacks/chance.ts';
import { DAY_MS } from '../../shared/domain/calendar/calendar.ts';
import { defaultWeights } from '../../shared/domain/recommend/default-weights.ts';
import {
  type Candidate,
  contexts,
  featureNames,
  type Question,
  type Weights,
} from '../../shared/domain/recommend/features.ts';
import type { History, Interaction } from '../../shared/domain/recommend/history.ts';
import { inHouseList } from '../../shared/domain/recommend/lists.ts';
import { judgePrices, type NeutralityVerdict, type PricePair } from '../../shared/domain/recommend/price-neutrality.ts';
import { questionOf } from '../../shared/domain/recommend/question.ts';
import { Recommender } from '../../shared/domain/recommend/recommender.ts';
import { sumOf } from '../../shared/domain/recommend/scorer.ts';
import { trainModel } from '../../shared/domain/recommend/train-model.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import { sampleShop } from './sample-shop.ts';

export type PriceCheck = {
  /** The same interactions; those who spend much have ordered oftener of the same products. */
  oftener: NeutralityVerdict;
  /** The same interactions; long ago those who spend much bought the dearest of a category where the others bought the cheapest. */
  dearer: NeutralityVerdict;
  /** With a scorer that steers those who spend much to what is dear: a check that cannot fail checks nothing. */
  steered: NeutralityVerdict;
};

const PRODUCTS = 3_000;
const LIMIT = 20;
const VIEWS = 8;
const BOUGHT = 5;
/** The purchases lie so far back that no list takes them for what was just bought. */
const LONG_AGO_DAYS = 200;
const STEERING = 0.5;

/** Every pair goes through the whole list of the shop's own model. */
export function measurePriceNeutrality({ pairs }: { pairs: number }): PriceCheck {
  const data = sampleShop({ products: PRODUCTS, interactions: PRODUCTS * 10, seed: 7 });
  const model = trainModel(data, { shop: 'dev', weights: defaultWeights, figures: {} });
  const priceOf = (item: number): number => data.products[item]?.price ?? 0;
  const priceById = new Map(data.products.map(({ productId, price = 0 }) => [productId, price]));
  const nowMs = data.newestMs;
  const chance = chanceOf(23);
  const view = (item: number, at: number): Interaction => {
    return { eventId: `view-${at}`, kind: 'view', productId: `sku-${item}`, atMs: nowMs - (VIEWS - at) * 60_000 };
  };
  const order = (item: number, at: number): Interaction => {
    const atMs = nowMs - (LONG_AGO_DAYS + at) * DAY_MS;
    return { eventId: `order-${at}`, kind: 'order', productId: `sku-${item}`, atMs };
  };
  const topics = Math.round(PRODUCTS / 60);
  const shelf = (topic: number): number[] => {
    const items = Array.from({ length: PRODUCTS / topics }, (_, place) => topic + topics * place);
    return items.sort((one, other) => priceOf(one) - priceOf(other));
  };
  const offers = (recommender: Recommender, history: History, seed: number): number[] => {
    const context = contexts[seed % contexts.length] ?? 'home';
    const productId = context === 'home' ? undefined : history.interactions[0]?.productId;
    const policy = currentPolicy.recommendations;
    const { catalogue } = recommender;
    const list = inHouseList(
      recommender,
      {
        question: questionOf(history, catalogue, { context, productId, personal: true, nowMs }, policy),
        pageItem: productId === undefined ? undefined : catalogue.indexOf(productId),
        filters: {},
        limit: LIMIT,
        shown: [],
        timeZone: currentPolicy.timeZone,
        seed,
      },
      policy,
      defaultWeights,
    );
    return 'items' in list ? list.items.map((it) => priceById.get(it.productId) ?? Number.NaN) : [];
  };
  const fair = new Recommender(model);
  const steering = new SteeringRecommender(model);
  const found: Record<keyof PriceCheck, PricePair[]> = { oftener: [], dearer: [], steered: [] };
  for (let seed = 0; seed < pairs; seed += 1) {
    const first = chance.whole(0, topics - 1);
    const viewed = Array.from({ length: VIEWS }, (_, at) =>
      view(first + topics * chance.whole(0, 59), at),
    ).toReversed();
    const shelves = Array.from({ length: BOUGHT }, () => shelf(chance.whole(0, topics - 1)));
    const spender = (bought: readonly number[]): History => {
      return { interactions: viewed, purchases: bought.map(order), shown: [] };
    };
    const middle = shelves.map((items) => items[Math.floor(items.length / 2)] ?? 0);
    const once = spender(middle);
    const pairOf = (high: number[], low: number[]): PricePair => ({ high, low });
    found.oftener.push(
      pairOf(offers(fair, spender([...middle, ...middle, ...middle]), seed), offers(fair, once, seed)),
    );
    const dearest = spender(shelves.map((items) => items.at(-1) ?? 0));
    const cheapest = spender(shelves.map((items) => items[0] ?? 0));
    found.dearer.push(pairOf(offers(fair, dearest, seed), offers(fair, cheapest, seed)));
    found.steered.push(pairOf(offers(steering, once, seed), offers(fair, once, seed)));
  }
  const judge = (it: PricePair[]) => judgePrices(it, currentPolicy.recommendations);
  return { oftener: judge(found.oftener), dearer: judge(found.dearer), steered: judge(found.steered) };
}

/** What nobody may build: it adds to a score what a product costs. */
class SteeringRecommender extends Recommender {
  override score(
    question: Question,
    options: { weights: Weights; limit: number; accepts?: (item: number) => boolean },
  ): Candidate[] {
    const candidates = super.score(question, options);
    const price = (item: number): number => this.catalogue.factsOf(item)?.price ?? 0;
    const dearest = Math.max(...candidates.map(({ item }) => price(item)), 1);
    const trending = featureNames.indexOf('trending');
    for (const { item, contributions } of candidates) {
      contributions[trending] = (contributions[trending] ?? 0) + (STEERING * price(item)) / dearest;
    }
    return candidates
      .map((it) => ({ ...it, score: sumOf(it.contributions) }))
      .sort((one, other) => other.score - one.score || one.item - other.item);
  }
}
