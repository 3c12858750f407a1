/** What an answer takes in the process that gives it, of a shop with many products and sessions. */
import { chanceOf } from '../../infra/attacks/chance.ts';
import { syntheticSessions } from '../../infra/evaluation/synthetic-sessions.ts';
import { DAY_MS } from '../../shared/domain/calendar/calendar.ts';
import { defaultWeights } from '../../shared/domain/recommend/default-weights.ts';
import {
  type Anchor,
  type Candidate,
  contexts,
  type FeatureName,
  featureNames,
  type Question,
  type RecommendContext,
  type Weights,
} from '../../shared/domain/recommend/features.ts';
import type { History, Interaction } from '../../shared/domain/recommend/history.ts';
import { inHouseList } from '../../shared/domain/recommend/lists.ts';
import { decodeModel, encodeModel } from '../../shared/domain/recommend/model-format.ts';
import type { Standing } from '../../shared/domain/recommend/product-facts.ts';
import { questionOf } from '../../shared/domain/recommend/question.ts';
import { RECENT_LIMIT } from '../../shared/domain/recommend/recent-sample.ts';
import { Recommender } from '../../shared/domain/recommend/recommender.ts';
import { trainModel } from '../../shared/domain/recommend/train-model.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import { sampleShop } from './sample-shop.ts';
import { mean, percentile } from './statistics.ts';

export type ServingOptions = { products: number; sessions: number; questions: number };

export type Spread = { meanMs: number; p50Ms: number; p99Ms: number };

export type ServingRow = {
  products: number;
  sessions: number;
  questions: number;
  /** From the bytes of a model to a recommender that answers. */
  loadSeconds: number;
  /** From a history to the items with their reasons; of that the scorer, and what it was asked for the reasons. */
  answer: Spread;
  /** Processor time of the whole process for each, whatever else the machine does; what collects garbage is in it. */
  cpuMs: number;
  /** The quietest of ten parts of the questions. */
  quiet: Pick<Spread, 'p50Ms' | 'p99Ms'>;
  scoring: Spread;
  anchors: Spread;
  byContext: Record<RecommendContext, Spread>;
  /** Each feature by itself, with its own candidates. */
  features: (Spread & { name: FeatureName })[];
};

/** A session of the made-up shops has so many products, on average. */
const PER_SESSION = 6;
const LIMIT = 20;
const VISITS = 4;
const PURCHASES = 12;
const SHOWN = 10;
const SHOWN_EVERY_MS = 6 * 3_600_000;
/** Questions before those that count: the code is warm by then. */
const WARM_UP = 0.2;
const PARTS = 10;

export function measureServing({ products, sessions, questions }: ServingOptions): ServingRow {
  const data = sampleShop({ products, interactions: sessions * PER_SESSION, seed: 3 });
  const file = encodeModel(trainModel(data, { shop: 'dev', weights: defaultWeights, figures: {} }));
  const startedMs = performance.now();
  const decoded = decodeModel(file, { shop: 'dev' });
  if (!decoded.ok) throw new Error(decoded.reason);
  const recommender = new TimedRecommender(decoded.model);
  const loadSeconds = (performance.now() - startedMs) / 1_000;
  for (const standing of gradesOf(data.ids)) recommender.applyStanding(standing);
  const asked = askedOf({ products, questions, nowMs: data.newestMs });
  const warm = Math.ceil(questions * WARM_UP);
  for (const it of asked.slice(0, warm)) answer(recommender, it);
  const before = process.cpuUsage();
  const timed = asked.map((it) => ({ context: it.context, ...answer(recommender, it) }));
  const { user, system } = process.cpuUsage(before);
  const ofContext = (context: RecommendContext) =>
    spread(
      timed.filter((it) => it.context === context),
      'answerMs',
    );
  return {
    products,
    sessions: decoded.model.header.counts.sessions,
    questions,
    loadSeconds,
    answer: spread(timed, 'answerMs'),
    cpuMs: (user + system) / 1_000 / questions,
    quiet: quietOf(timed),
    scoring: spread(timed, 'scoringMs'),
    anchors: spread(timed, 'anchorsMs'),
    byContext: { home: ofContext('home'), product: ofContext('product'), cart: ofContext('cart') },
    features: featureNames.map((name) => ({ name, ...alone(recommender, name, asked) })),
  };
}

/** Half of the products have been judged by so many that they have a grade. */
function gradesOf(ids: readonly string[]): Standing[] {
  const chance = chanceOf(41);
  return ids
    .filter((_, item) => item % 2 === 0)
    .map((id): Standing => {
      const asOf = '2026-01-01T00:00:00.000Z';
      return { kind: 'product', id, grade: 'A', score: chance.whole(40, 99), asOf, eventId: `grade-${id}` };
    });
}

type Asked = {
  history: History;
  context: RecommendContext;
  productId: string | undefined;
  recent: { productId: string; kind: 'view'; atMs: number }[];
  nowMs: number;
  seed: number;
};

type Times = { answerMs: number; scoringMs: number; anchorsMs: number };

/** Tells how long its scorer took, within the answers that are made with it. */
class TimedRecommender extends Recommender {
  scoringMs = 0;
  anchorsMs = 0;

  override score(
    question: Question,
    options: { weights: Weights; limit: number; accepts?: (item: number) => boolean },
  ): Candidate[] {
    const startedMs = performance.now();
    const candidates = super.score(question, options);
    this.scoringMs += performance.now() - startedMs;
    return candidates;
  }

  override anchorOf(question: Question, code: string, item: number): Anchor | undefined {
    const startedMs = performance.now();
    const anchor = super.anchorOf(question, code, item);
    this.anchorsMs += performance.now() - startedMs;
    return anchor;
  }
}

/** One answer, as a function gives it once it has read what is known. */
function answer(recommender: TimedRecommender, { history, context, productId, recent, nowMs, seed }: Asked): Times {
  recommender.scoringMs = 0;
  recommender.anchorsMs = 0;
  const startedMs = performance.now();
  recommender.setLive(recent);
  const policy = currentPolicy.recommendations;
  const request = {
    question: questionOf(history, recommender.catalogue, { context, productId, personal: true, nowMs }, policy),
    pageItem: productId === undefined ? undefined : recommender.catalogue.indexOf(productId),
    filters: {},
    limit: LIMIT,
    shown: history.shown,
    locale: seed % 2 === 0 ? 'en' : 'zh',
    timeZone: currentPolicy.timeZone,
    seed,
  };
  const list = inHouseList(recommender, request, policy, defaultWeights);
  const answerMs = performance.now() - startedMs;
  if (!('items' in list) || list.items.length !== LIMIT) throw new Error('A list is not full');
  return { answerMs, scoringMs: recommender.scoringMs, anchorsMs: recommender.anchorsMs };
}

/** A feature as if it were the only one, candidates and all. */
function alone(recommender: Recommender, name: FeatureName, asked: readonly Asked[]): Spread {
  const policy = currentPolicy.recommendations;
  // What judges needs something that was found.
  const judges = ['category', 'brand', 'trust'].includes(name);
  const weights: Weights = judges ? { trending: 1, [name]: 1 } : { [name]: 1 };
  const times = asked.map(({ history, context, productId, nowMs }) => {
    const question = questionOf(history, recommender.catalogue, { context, productId, personal: true, nowMs }, policy);
    const startedMs = performance.now();
    recommender.score(question, { weights, limit: policy.candidates });
    return { ms: performance.now() - startedMs };
  });
  return spread(times, 'ms');
}

function spread<Name extends string>(times: readonly Record<Name, number>[], name: Name): Spread {
  const values = times.map((it) => it[name]);
  return { meanMs: mean(values), p50Ms: percentile(values, 0.5), p99Ms: percentile(values, 0.99) };
}

function quietOf(times: readonly Times[]): ServingRow['quiet'] {
  const size = Math.ceil(times.length / PARTS);
  const parts = Array.from({ length: PARTS }, (_, part) =>
    spread(times.slice(part * size, (part + 1) * size), 'answerMs'),
  );
  const least = (pick: (part: Spread) => number): number => Math.min(...parts.map(pick));
  return { p50Ms: least((it) => it.p50Ms), p99Ms: least((it) => it.p99Ms) };
}

/** Members with some visits behind them and one under way, purchases, and lists that they were shown. */
function askedOf({ products, questions, nowMs }: { products: number; questions: number; nowMs: number }): Asked[] {
  const chance = chanceOf(17);
  const { from, items } = syntheticSessions({
    interactions: questions * (VISITS + 1) * PER_SESSION,
    items: products,
    seed: 5,
  });
  const idOf = (item: number): string => `sku-${item}`;
  const recent = Array.from({ length: RECENT_LIMIT }, (_, at) => {
    return { productId: idOf(items[at] ?? 0), kind: 'view' as const, atMs: nowMs - at * 60_000 };
  });
  return Array.from({ length: questions }, (_, number): Asked => {
    const visits = Array.from({ length: VISITS }, (_, visit) => {
      const session = (number * VISITS + visit) % (from.length - 1);
      const all = [...items.subarray(from[session], from[session + 1])];
      // The visit under way has not come to its end.
      return visit === VISITS - 1 ? all.slice(0, chance.whole(1, all.length)) : all;
    });
    const interactions = visits.flatMap((visit, place) =>
      visit.map((item, at): Interaction => {
        const atMs = nowMs - (VISITS - 1 - place) * DAY_MS - (visit.length - at) * 60_000;
        return { eventId: `evt-${place}-${at}`, kind: 'view', productId: idOf(item), atMs };
      }),
    );
    const purchases = Array.from({ length: PURCHASES }, (_, at): Interaction => {
      const item = chance.one([...visits.flat(), chance.whole(0, products - 1)]);
      return { eventId: `buy-${at}`, kind: 'order', productId: idOf(item), atMs: nowMs - (at + 2) * 9 * DAY_MS };
    });
    const shown = Array.from({ length: SHOWN }, (_, at) => {
      const productIds = Array.from({ length: LIMIT }, () => idOf(chance.whole(0, products - 1)));
      return { recommendationId: `rec-${at}`, productIds, atMs: nowMs - at * SHOWN_EVERY_MS };
    });
    const context = contexts[number % contexts.length] ?? 'home';
    return {
      history: { interactions: interactions.toReversed(), purchases, shown },
      context,
      productId: context === 'home' ? undefined : interactions.at(-1)?.productId,
      recent,
      nowMs,
      seed: number,
    };
  });
}
