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

type Found = { feature: FindingFeature; at: number; scores: FeatureScores };
type Judging = { feature: JudgingFeature; at: number };

const WIDTH = featureNames.length;

/**
 * Joins features to one score. Each finder has columns of its own that are reused from question to question, so one scorer answers one
 * question at a time; that takes no `await`, so nothing can come between.
 * @param itemCount how many items the features may speak of
 */
export function createScorer(features: readonly Feature[], itemCount: number): Scorer {
  const found: Found[] = [];
  const judging: Judging[] = [];
  for (const feature of features) {
    const at = featureNames.indexOf(feature.name);
    if (feature.kind === 'finds') found.push({ feature, at, scores: new FeatureScores(itemCount) });
    else judging.push({ feature, at });
  }
  const totals = new FeatureScores(itemCount);
  let rows = new Float64Array(0);
  /** Room for the contributions of so many items, one after the other; most of them are no candidates in the end. */
  const rowsFor = (count: number): Float64Array<ArrayBuffer> => {
    if (rows.length < count * WIDTH) rows = new Float64Array(count * WIDTH);
    return rows;
  };
  const byName = new Map(features.map((feature) => [feature.name, feature]));
  return {
    feature: (name) => byName.get(name),
    score(question, { weights, limit, accepts }) {
      const asked = found.filter(({ feature }) => (weights[feature.name] ?? 0) > 0);
      const factors = new Float64Array(WIDTH);
      for (const { feature, at, scores } of asked) {
        scores.clear();
        feature.score(question, scores);
        const greatest = greatestOf(scores);
        const factor = greatest > 0 ? (weights[feature.name] ?? 0) / greatest : 0;
        factors[at] = factor;
        for (let index = 0; index < scores.count; index += 1) {
          const item = scores.items[index] as number;
          totals.add(item, (scores.values[item] as number) * factor);
        }
      }
      const judges = judging.filter(({ feature }) => (weights[feature.name] ?? 0) > 0);
      // Judges may turn the order of what was found, so twice as many are judged as are asked for.
      const reserve = judges.length > 0 ? 2 * limit : limit;
      const top = topItems(totals, reserve, accepts);
      totals.clear();
      for (const { feature } of judges) feature.prepare(question);
      const scored = top.map((item) => ({ item, score: 0, row: 0 }));
      const columns = rowsFor(scored.length);
      for (const [row, its] of scored.entries()) {
        const { item } = its;
        const from = row * WIDTH;
        columns.fill(0, from, from + WIDTH);
        for (const { at, scores } of asked) {
          columns[from + at] = (scores.values[item] as number) * (factors[at] as number);
        }
        for (const { feature, at } of judges) {
          const value = feature.valueOf(item);
          columns[from + at] = value > 0 ? Math.min(value, 1) * (weights[feature.name] ?? 0) : 0;
        }
        its.row = from;
        its.score = sumOf(columns, from, from + WIDTH);
      }
      // What was just read is still near; at the next question it would have to be fetched again.
      for (const { scores } of asked) scores.clear();
      scored.sort((one, other) => other.score - one.score || one.item - other.item);
      return scored.slice(0, limit).map(({ item, score, row }): Candidate => {
        return { item, score, contributions: columns.slice(row, row + WIDTH) };
      });
    },
  };
}

/** The sum in the order of `featureNames`; whoever adds the contributions up gets the very same number. */
export function sumOf(contributions: Float64Array, from = 0, end = contributions.length): number {
  let sum = 0;
  for (let at = from; at < end; at += 1) sum += contributions[at] as number;
  return sum;
}

function greatestOf({ items, values, count }: FeatureScores): number {
  let greatest = 0;
  for (let index = 0; index < count; index += 1) {
    const value = values[items[index] as number] as number;
    if (value > greatest) greatest = value;
  }
  return greatest;
}

/** The items with the greatest values, greatest first, the smaller index first among equals: a heap of the best so far, its worst on top. */
function topItems(
  { items, values, count }: FeatureScores,
  limit: number,
  accepts: (item: number) => boolean = () => true,
): number[] {
  const heap: number[] = [];
  const worse = (one: number, other: number): boolean => {
    const difference = (values[one] as number) - (values[other] as number);
    return difference < 0 || (difference === 0 && one > other);
  };
  for (let index = 0; index < count; index += 1) {
    const item = items[index] as number;
    const worst = heap[0];
    if (heap.length === limit && worst !== undefined && !worse(worst, item)) continue;
    if (!accepts(item)) continue;
    if (heap.length < limit) {
      heap.push(item);
      siftUp(heap, worse);
    } else if (limit > 0) {
      heap[0] = item;
      siftDown(heap, worse);
    }
  }
  return heap.sort((one, other) => (worse(one, other) ? 1 : -1));
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
