import { type Corpus, corpusOf } from './corpus.ts';
import { type FeatureKind, kindFor } from './features.ts';
import { seeded, shuffle } from './seeded.ts';
import { assemble, scaleCode, type TextModel, weightCode } from './text-model.ts';

export type Sample = { text: string; positive: boolean };

/** What may be chosen; the defaults are what the models of the release are trained with. */
export type TrainingOptions = {
  /** Told in the model; what it is read for is the caller's business. */
  language: string;
  /** The order in which examples are gone through is drawn from it. */
  seed: number;
  kind?: FeatureKind;
  /** What an error costs beside large weights, the C of the literature; fewer texts are believed less. */
  cost?: number;
  /** A feature is in at least so many texts. */
  minTexts?: number;
  /** The rarest are left out until so many are left; decides the size of the model, some 3.2 bytes a feature. */
  featuresLimit?: number;
  passes?: number;
  /** How far the rarer class is made up for: 0 not at all, 1 until both weigh the same. */
  balance?: number;
  /** By which decisions become probabilities, where it is known from held-out texts. */
  slope?: number;
};

const DEFAULTS = { minTexts: 2, featuresLimit: 230_000, passes: 8, balance: 0.5, slope: 1 };

const costFor = (texts: number): number => (texts < 25_000 ? 4 : 8);

export function trainModel(samples: readonly Sample[], options: TrainingOptions): TextModel {
  const texts = samples.map(({ text }) => text);
  const corpus = corpusOf(texts, options.kind ?? kindFor(texts));
  const labels = labelsOf(samples);
  return fitModel(
    corpus,
    labels,
    labels.map((_, row) => row),
    options,
  );
}

/** 1 for positive, -1 for negative. */
export function labelsOf(samples: readonly { positive: boolean }[]): Int32Array {
  return Int32Array.from(samples, ({ positive }) => (positive ? 1 : -1));
}

/**
 * Trains a model of some rows of a corpus: L2-regularised logistic regression on tf x scale, rows of length 1, where the scale of
 * a feature is its log-count ratio between the classes (Wang and Manning, Baselines and Bigrams, 2012) times the root of its
 * inverse document frequency. Solved in the dual, one example after the other (after Yu, Huang and Lin, Dual coordinate descent
 * for logistic regression, 2011).
 */
export function fitModel(corpus: Corpus, labels: Int32Array, rows: Int32Array, options: TrainingOptions): TextModel {
  const settings = { ...DEFAULTS, cost: costFor(rows.length), ...options };
  const scales = scalesOf(corpus, labels, rows, settings);
  const problem = problemOf(corpus, scales, rows);
  const costs = classCosts(labels, rows, settings);
  const { weights, bias } = solve(problem, labels, rows, costs, settings);
  return quantised(corpus, labels, rows, { ...settings, scales, weights, bias });
}

function scalesOf(
  { features, starts, columns }: Corpus,
  labels: Int32Array,
  rows: Int32Array,
  { minTexts, featuresLimit }: { minTexts: number; featuresLimit: number },
): Float64Array {
  const positive = new Int32Array(features.length);
  const negative = new Int32Array(features.length);
  let positives = 0;
  for (const row of rows) {
    const isPositive = (labels[row] ?? 0) > 0;
    const counts = isPositive ? positive : negative;
    if (isPositive) positives += 1;
    for (let at = starts[row] ?? 0; at < (starts[row + 1] ?? 0); at += 1) {
      const column = columns[at] ?? 0;
      counts[column] = (counts[column] ?? 0) + 1;
    }
  }
  const texts = positive.map((count, column) => count + (negative[column] ?? 0));
  const least = leastTexts(texts, minTexts, featuresLimit);
  const negatives = rows.length - positives;
  return Float64Array.from(texts, (count, column) => {
    if (count < least) return 0;
    const inPositive = ((positive[column] ?? 0) + 1) / (positives + 2);
    const inNegative = ((negative[column] ?? 0) + 1) / (negatives + 2);
    const rarity = 1 + Math.log((1 + rows.length) / (1 + count));
    return Math.abs(Math.log(inPositive / inNegative)) * Math.sqrt(rarity);
  });
}

/** In how many texts a feature must be so that no more than the limit are. */
function leastTexts(texts: Int32Array, minTexts: number, featuresLimit: number): number {
  let least = minTexts;
  while (texts.reduce((count, number) => count + (number >= least ? 1 : 0), 0) > featuresLimit) least += 1;
  return least;
}

/** The rows to learn from with their features scaled and cut to length 1; features without a scale are out. */
type Problem = { starts: Int32Array; columns: Int32Array; values: Float32Array; squares: Float64Array; width: number };

function problemOf(corpus: Corpus, scales: Float64Array, rows: Int32Array): Problem {
  const { starts, columns, values } = corpus;
  const entries = rows.reduce((sum, row) => sum + (starts[row + 1] ?? 0) - (starts[row] ?? 0), 0);
  const problem: Problem = {
    starts: new Int32Array(rows.length + 1),
    columns: new Int32Array(entries),
    values: new Float32Array(entries),
    squares: new Float64Array(rows.length),
    width: scales.length,
  };
  let size = 0;
  for (const [index, row] of rows.entries()) {
    const from = size;
    let square = 0;
    for (let at = starts[row] ?? 0; at < (starts[row + 1] ?? 0); at += 1) {
      const column = columns[at] ?? 0;
      const value = (values[at] ?? 0) * (scales[column] ?? 0);
      if (value === 0) continue;
      problem.columns[size] = column;
      problem.values[size++] = value;
      square += value * value;
    }
    const length = Math.sqrt(square);
    for (let at = from; at < size; at += 1) problem.values[at] = (problem.values[at] ?? 0) / length;
    // One more for the bias, a feature that every row has.
    problem.squares[index] = (square === 0 ? 0 : 1) + 1;
    problem.starts[index + 1] = size;
  }
  return problem;
}

function classCosts(
  labels: Int32Array,
  rows: Int32Array,
  { cost, balance }: { cost: number; balance: number },
): { positive: number; negative: number } {
  const positives = rows.reduce((count, row) => count + ((labels[row] ?? 0) > 0 ? 1 : 0), 0);
  const negatives = rows.length - positives;
  if (positives === 0 || negatives === 0) return { positive: cost, negative: cost };
  return {
    positive: cost * Math.max(1, negatives / positives) ** balance,
    negative: cost * Math.max(1, positives / negatives) ** balance,
  };
}

/** Where an example's multiplier begins, as log-odds of its share of the cost: most end near nothing. */
const FIRST_ODDS = -4;
const NEWTON_STEPS = 8;
const NEWTON_CLOSE = 1e-4;

/**
 * Each example has a multiplier `alpha = cost / (1 + exp(-odds))`, and the weights are the sum of `alpha label x`. With the others
 * held, the best one solves `odds + square (alpha - alpha before) + margin = 0`, which rises in the odds: Newton's steps, halved
 * where they would leave the bracket.
 */
function solve(
  { starts, columns, values, squares, width }: Problem,
  labels: Int32Array,
  rows: Int32Array,
  costs: { positive: number; negative: number },
  { seed, passes }: { seed: number; passes: number },
): { weights: Float64Array; bias: number } {
  const weights = new Float64Array(width);
  let bias = 0;
  const count = rows.length;
  const odds = new Float64Array(count).fill(FIRST_ODDS);
  const order = Int32Array.from({ length: count }, (_, index) => index);
  const random = seeded(seed);
  const add = (index: number, change: number) => {
    for (let at = starts[index] ?? 0; at < (starts[index + 1] ?? 0); at += 1) {
      const column = columns[at] ?? 0;
      weights[column] = (weights[column] ?? 0) + change * (values[at] ?? 0);
    }
    bias += change;
  };
  const labelOf = (index: number) => labels[rows[index] ?? 0] ?? 0;
  const costOf = (label: number) => (label > 0 ? costs.positive : costs.negative);
  for (let index = 0; index < count; index += 1) {
    const label = labelOf(index);
    add(index, (costOf(label) * label) / (1 + Math.exp(-FIRST_ODDS)));
  }
  for (let pass = 0; pass < passes; pass += 1) {
    for (const index of shuffle(order, random)) {
      const label = labelOf(index);
      const cost = costOf(label);
      let decision = bias;
      for (let at = starts[index] ?? 0; at < (starts[index + 1] ?? 0); at += 1) {
        decision += (weights[columns[at] ?? 0] ?? 0) * (values[at] ?? 0);
      }
      const before = odds[index] ?? 0;
      const after = bestOdds(before, { margin: label * decision, square: squares[index] ?? 1, cost });
      odds[index] = after;
      const change = cost / (1 + Math.exp(-after)) - cost / (1 + Math.exp(-before));
      if (change !== 0) add(index, change * label);
    }
  }
  return { weights, bias };
}

function bestOdds(before: number, { margin, square, cost }: { margin: number; square: number; cost: number }): number {
  const alpha = cost / (1 + Math.exp(-before));
  let low = -margin - square * (cost - alpha);
  let high = -margin + square * alpha;
  let odds = Math.min(high, Math.max(low, before));
  for (let step = 0; step < NEWTON_STEPS; step += 1) {
    const share = 1 / (1 + Math.exp(-odds));
    const rest = odds + square * (cost * share - alpha) + margin;
    if (Math.abs(rest) < NEWTON_CLOSE) break;
    if (rest > 0) high = odds;
    else low = odds;
    const next = odds - rest / (1 + square * cost * share * (1 - share));
    odds = next > low && next < high ? next : (low + high) / 2;
  }
  return odds;
}

/** The model in the numbers that are kept of it, so that what is measured is what is served. */
function quantised(
  corpus: Corpus,
  labels: Int32Array,
  rows: Int32Array,
  {
    language,
    seed,
    slope,
    scales,
    weights,
    bias,
  }: { language: string; seed: number; slope: number; scales: Float64Array; weights: Float64Array; bias: number },
): TextModel {
  const kept: number[] = [];
  for (let column = 0; column < scales.length; column += 1) if ((scales[column] ?? 0) > 0) kept.push(column);
  const most = (list: Float64Array) =>
    kept.reduce((largest, column) => Math.max(largest, Math.abs(list[column] ?? 0)), 0);
  const scaleUnit = most(scales);
  const weightUnit = most(weights);
  return assemble({
    about: {
      language,
      kind: corpus.kind,
      bias,
      slope,
      scaleUnit,
      weightUnit,
      trainedOn: {
        reviews: rows.length,
        positive: rows.reduce((count, row) => count + ((labels[row] ?? 0) > 0 ? 1 : 0), 0),
        seed,
      },
    },
    features: Uint32Array.from(kept, (column) => corpus.features[column] ?? 0),
    scales: Uint8Array.from(kept, (column) => scaleCode(scales[column] ?? 0, scaleUnit)),
    weights: Int8Array.from(kept, (column) => weightCode(weights[column] ?? 0, weightUnit)),
  });
}
