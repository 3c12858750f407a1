import {
  type Candidate,
  type Feature,
  type FeatureName,
  FeatureScores,
  type FindingFeature,
  featureNames,
  type JudgingFeature,
  type Question,
  type Weights,
} from './features.ts';

export type Scorer = {
  /**
   * The candidates for a question, best first, at most `limit`: R = sum over k of w_k x f_k, each finding feature scaled to 0..1 by the
   * greatest value it gives in this answer. Features without a weight are not asked. `accepts` leaves items out before the limit counts.
   */
  score(
    question: Question,
    options: { weights: Weights; limit: number; accepts?: (item: number) => boolean },
  ): Candidate[];
  /** The feature of that name, to ask it what in a question speaks for an item. */
  feature(name: FeatureName): Feature | undefined;
};

type At<Kind> = { feature: Kind; at: number };

const WIDTH = featureNames.length;

/**
 * Joins features to one score. The columns are reused from feature to feature and from question to question, so one scorer answers one
 * question at a time; that takes no `await`, so nothing can come between.
 * @param itemCount how many items the features may speak of
 */
export function createScorer(features: readonly Feature[], itemCount: number): Scorer {
  const finding: At<FindingFeature>[] = [];
  const judging: At<JudgingFeature>[] = [];
  for (const feature of features) {
    const at = featureNames.indexOf(feature.name);
    if (feature.kind === 'finds') finding.push({ feature, at });
    else judging.push({ feature, at });
  }
  const byName = new Map(features.map((feature) => [feature.name, feature]));
  const scores = new FeatureScores(itemCount);
  const found = new Found(itemCount);
  return {
    feature: (name) => byName.get(name),
    score(question, { weights, limit, accepts }) {
      found.clear();
      for (const { feature, at } of finding) {
        const weight = weights[feature.name] ?? 0;
        if (!(weight > 0)) continue;
        scores.clear();
        feature.score(question, scores);
        found.add(scores, at, weight);
      }
      scores.clear();
      const judges = judging.filter(({ feature }) => (weights[feature.name] ?? 0) > 0);
      for (const { feature } of judges) feature.prepare(question);
      // Judges may turn the order of what was found, so twice as many are judged as are asked for.
      const top = found.top(judges.length > 0 ? 2 * limit : limit, accepts);
      const scored = top.map((place) => {
        const item = found.items[place] as number;
        for (const { feature, at } of judges) {
          const value = feature.valueOf(item);
          found.contributions[place * WIDTH + at] = value > 0 ? Math.min(value, 1) * (weights[feature.name] ?? 0) : 0;
        }
        return { item, place, score: sumOf(found.contributions, place * WIDTH, (place + 1) * WIDTH) };
      });
      scored.sort((one, other) => other.score - one.score || one.item - other.item);
      return scored.slice(0, limit).map(({ item, place, score }): Candidate => {
        return { item, score, contributions: found.contributions.slice(place * WIDTH, (place + 1) * WIDTH) };
      });
    },
  };
}

/**
 * What features have found for one question, side by side: of many products few are found, and what lies together is read many times as
 * fast as what lies scattered over columns of all products.
 */
class Found {
  /** Where an item stands among those that were found, counted from 1. */
  readonly #places: Uint32Array;
  count = 0;
  items = new Uint32Array(0);
  /** What was found for each, by the order of `featureNames`. */
  contributions = new Float64Array(0);
  #totals = new Float64Array(0);

  constructor(itemCount: number) {
    this.#places = new Uint32Array(itemCount);
  }

  clear(): void {
    for (let place = 0; place < this.count; place += 1) this.#places[this.items[place] as number] = 0;
    this.count = 0;
  }

  /** Adds what one feature has found, scaled so that its greatest value is its weight. */
  add({ items, values, count }: FeatureScores, at: number, weight: number): void {
    this.#makeRoomFor(this.count + count);
    const factor = weight / greatestOf(items, values, count);
    for (let index = 0; index < count; index += 1) {
      const item = items[index] as number;
      const value = (values[item] as number) * factor;
      if (!(value > 0) || value === Number.POSITIVE_INFINITY) continue;
      const place = this.#placeOf(item);
      this.contributions[place * WIDTH + at] = value;
      this.#totals[place] = (this.#totals[place] as number) + value;
    }
  }

  /** The places of the items with the greatest totals, greatest first, the smaller item first among equals. */
  top(limit: number, accepts: (item: number) => boolean = () => true): number[] {
    const worse = (one: number, other: number): boolean => {
      const difference = (this.#totals[one] as number) - (this.#totals[other] as number);
      return difference < 0 || (difference === 0 && (this.items[one] as number) > (this.items[other] as number));
    };
    // The best so far, as a heap with the worst of them on top.
    const heap: number[] = [];
    for (let place = 0; place < this.count; place += 1) {
      const worst = heap[0];
      if (heap.length === limit && worst !== undefined && !worse(worst, place)) continue;
      if (!accepts(this.items[place] as number)) continue;
      if (heap.length < limit) {
        heap.push(place);
        siftUp(heap, worse);
      } else if (limit > 0) {
        heap[0] = place;
        siftDown(heap, worse);
      }
    }
    return heap.sort((one, other) => (worse(one, other) ? 1 : -1));
  }

  #placeOf(item: number): number {
    const known = this.#places[item] as number;
    if (known > 0) return known - 1;
    const place = this.count;
    this.count += 1;
    this.#places[item] = this.count;
    this.items[place] = item;
    this.#totals[place] = 0;
    this.contributions.fill(0, place * WIDTH, (place + 1) * WIDTH);
    return place;
  }

  #makeRoomFor(count: number): void {
    if (count <= this.items.length) return;
    const room = 2 * count;
    this.items = grown(this.items, new Uint32Array(room));
    this.#totals = grown(this.#totals, new Float64Array(room));
    this.contributions = grown(this.contributions, new Float64Array(room * WIDTH));
  }
}

function grown<Column extends Uint32Array | Float64Array>(column: Column, into: Column): Column {
  into.set(column);
  return into;
}

/** The sum in the order of `featureNames`; whoever adds the contributions up gets the very same number. */
export function sumOf(contributions: Float64Array, from = 0, end = contributions.length): number {
  let sum = 0;
  for (let at = from; at < end; at += 1) sum += contributions[at] as number;
  return sum;
}

function greatestOf(items: Uint32Array, values: Float64Array, count: number): number {
  let greatest = 0;
  for (let index = 0; index < count; index += 1) {
    const value = values[items[index] as number] as number;
    if (value > greatest) greatest = value;
  }
  return greatest;
}

function siftUp(heap: number[], worse: (one: number, other: number) => boolean): void {
  let at = heap.length - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!worse(heap[at] as number, heap[parent] as number)) return;
    swap(heap, at, parent);
    at = parent;
  }
}

function siftDown(heap: number[], worse: (one: number, other: number) => boolean): void {
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    if (left >= heap.length) return;
    const right = left + 1;
    const child = right < heap.length && worse(heap[right] as number, heap[left] as number) ? right : left;
    if (!worse(heap[child] as number, heap[at] as number)) return;
    swap(heap, at, child);
    at = child;
  }
}

function swap(list: number[], one: number, other: number): void {
  const kept = list[one] as number;
  list[one] = list[other] as number;
  list[other] = kept;
}
