import { seeded, shuffle } from '../text/seeded.ts';
import { type HeldOutBaskets, questionOfBasket } from './basket-questions.ts';
import { type FeatureName, FeatureScores, type FindingFeature, type Weights } from './features.ts';

/** The list that is judged, and of how many values of a feature it is made: what comes after them never gets there. */
const LENGTH = 10;
const KEPT = 200;
const QUESTIONS = 3_000;
/** What a feature may weigh against the first one, which weighs 1. */
const TRIED = [0, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.4, 0.55, 0.75, 1, 1.4, 2];
const STARTED = 0.1;
/** What a weight wins has to be more than chance would give. */
const BETTER = 1.001;
const ROUNDS = 3;

/** Good for two shops alike (Ta-Feng, Online Retail), on baskets that were held out; where learning begins. */
const defaultBasketWeights: Weights = { repeat: 1, similar_members: 0.75, bought_together: 0.06 };

export type LearntBasketWeights = {
  weights: Weights;
  /** Mean Recall@10 and NDCG@10 that they reach on the held-out baskets. */
  recall10: number;
  ndcg10: number;
  questions: number;
};

type Column = { name: FeatureName; items: Uint32Array[]; values: Float64Array[] };

/**
 * Chooses what features weigh on baskets that were held out: one weight after the other is tried over a range, three times around, and what
 * gives the greatest sum of Recall@10 and NDCG@10 is kept. The first feature weighs 1. The features must have learnt from `held.train` alone.
 * @param seed which of the held-out baskets are asked for where there are more than three thousand
 */
export function learnBasketWeights(
  held: HeldOutBaskets,
  features: readonly FindingFeature[],
  seed: number,
): LearntBasketWeights {
  const asked = sampleOf(held.questions, QUESTIONS, seed);
  const columns = features.map((feature): Column => ({ name: feature.name, items: [], values: [] }));
  const truths: Set<number>[] = [];
  const scores = new FeatureScores(held.whole.itemCount);
  for (const question of asked) {
    const { lines, items } = held.whole;
    truths.push(new Set(items.subarray(lines[question.basket], lines[question.basket + 1])));
    const posed = questionOfBasket(held.whole, question);
    for (const [at, feature] of features.entries()) {
      scores.clear();
      feature.score(posed, scores);
      const best = scores.items.slice(0, scores.count);
      const scoreOf = (item: number) => scores.values[item] as number;
      best.sort((one, other) => scoreOf(other) - scoreOf(one) || one - other);
      const kept = best.subarray(0, KEPT);
      const greatest = kept.length === 0 ? 1 : scoreOf(kept[0] as number);
      columns[at]?.items.push(kept);
      columns[at]?.values.push(Float64Array.from(kept, (item) => scoreOf(item) / greatest));
    }
  }
  const judge = new Judge(columns, truths, held.whole.itemCount);
  const weights = features.map(({ name }, at): number => (at === 0 ? 1 : (defaultBasketWeights[name] ?? STARTED)));
  let best = judge.judge(weights);
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = weights.join();
    for (let at = 1; at < weights.length; at += 1) {
      for (const tried of TRIED) {
        const kept = weights[at] ?? 0;
        if (tried === kept) continue;
        weights[at] = tried;
        const figures = judge.judge(weights);
        if (figures.recall10 + figures.ndcg10 > BETTER * (best.recall10 + best.ndcg10)) best = figures;
        else weights[at] = kept;
      }
    }
    if (weights.join() === before) break;
  }
  return {
    weights: Object.fromEntries(features.map(({ name }, at) => [name, weights[at] ?? 0])),
    ...best,
    questions: asked.length,
  };
}

/** What a list reaches: DCG by that of a list that has all of the basket first, in any order (not cut off at ten). */
export function basketFigures(list: readonly number[], basket: ReadonlySet<number>): { recall: number; ndcg: number } {
  let found = 0;
  let gain = 0;
  for (const [place, item] of list.entries()) {
    if (!basket.has(item)) continue;
    found += 1;
    gain += 1 / Math.log2(place + 2);
  }
  let ideal = 0;
  for (let place = 0; place < basket.size; place += 1) ideal += 1 / Math.log2(place + 2);
  return basket.size === 0 ? { recall: 0, ndcg: 0 } : { recall: found / basket.size, ndcg: gain / ideal };
}

class Judge {
  readonly #columns: readonly Column[];
  readonly #truths: readonly Set<number>[];
  readonly #totals: FeatureScores;

  constructor(columns: readonly Column[], truths: readonly Set<number>[], itemCount: number) {
    this.#columns = columns;
    this.#truths = truths;
    this.#totals = new FeatureScores(itemCount);
  }

  judge(weights: readonly number[]): { recall10: number; ndcg10: number } {
    let recall = 0;
    let ndcg = 0;
    for (const [question, truth] of this.#truths.entries()) {
      this.#totals.clear();
      for (const [at, { items, values }] of this.#columns.entries()) {
        const weight = weights[at] ?? 0;
        if (weight === 0) continue;
        const some = items[question] ?? [];
        const their = values[question] ?? [];
        for (let index = 0; index < some.length; index += 1) {
          this.#totals.add(some[index] as number, weight * (their[index] as number));
        }
      }
      const figures = basketFigures(bestOf(this.#totals), truth);
      recall += figures.recall;
      ndcg += figures.ndcg;
    }
    const count = Math.max(1, this.#truths.length);
    return { recall10: recall / count, ndcg10: ndcg / count };
  }
}

/** The items with the greatest values, greatest first, the smaller index first among equals. */
function bestOf({ items, values, count }: FeatureScores): number[] {
  const best: number[] = [];
  const isBefore = (one: number, other: number) => {
    const difference = (values[one] as number) - (values[other] as number);
    return difference > 0 || (difference === 0 && one < other);
  };
  for (let index = 0; index < count; index += 1) {
    const item = items[index] as number;
    if (best.length === LENGTH && !isBefore(item, best[LENGTH - 1] as number)) continue;
    let place = Math.min(best.length, LENGTH - 1);
    while (place > 0 && isBefore(item, best[place - 1] as number)) {
      best[place] = best[place - 1] as number;
      place -= 1;
    }
    best[place] = item;
  }
  return best;
}

/** Some of a list by chance, the same for the same seed, in the order of the list. */
function sampleOf<T>(list: readonly T[], wanted: number, seed: number): readonly T[] {
  if (list.length <= wanted) return list;
  const places = Int32Array.from(list, (_, at) => at);
  const drawn = new Set(shuffle(places, seeded(seed)).subarray(0, wanted));
  return list.filter((_, at) => drawn.has(at));
}
