import { type Corpus, corpusOf } from './corpus.ts';
import { kindFor } from './features.ts';
import { seeded, shuffle } from './seeded.ts';
import { decisionOn, type TextModel } from './text-model.ts';
import { fitModel, labelsOf, type Sample, type TrainingOptions } from './train.ts';

export type Figures = {
  reviews: number;
  accuracy: number;
  /** The mean of the F1 of both classes: what the rarer one is worth as much as the other. */
  macroF1: number;
};

/** How decisions compare with labels of 1 and -1. */
export function figuresOf(decisions: Float64Array, labels: Int32Array): Figures {
  let [truePositive, trueNegative, falsePositive, falseNegative] = [0, 0, 0, 0];
  for (const [row, decision] of decisions.entries()) {
    if ((labels[row] ?? 0) > 0) decision > 0 ? truePositive++ : falseNegative++;
    else decision > 0 ? falsePositive++ : trueNegative++;
  }
  const wrong = falsePositive + falseNegative;
  const f1 = (hits: number) => (hits === 0 ? 0 : (2 * hits) / (2 * hits + wrong));
  return {
    reviews: decisions.length,
    accuracy: decisions.length === 0 ? 0 : (truePositive + trueNegative) / decisions.length,
    macroF1: (f1(truePositive) + f1(trueNegative)) / 2,
  };
}

/** Assigns every row to a fold so that each fold has its share of either class; the same for the same seed. */
export function stratifiedFolds(labels: Int32Array, folds: number, seed: number): Int32Array {
  const random = seeded(seed);
  const assigned = new Int32Array(labels.length);
  for (const label of [1, -1]) {
    const rows = [...labels.keys()].filter((row) => labels[row] === label);
    for (const [place, row] of shuffle(rows, random).entries()) assigned[row] = place % folds;
  }
  return assigned;
}

/**
 * The decision on every sample by a model that has not seen its fold. Nothing is chosen by the answer: what the options are,
 * they are before.
 */
export function heldOutDecisions(
  samples: readonly Sample[],
  foldOf: Int32Array,
  options: TrainingOptions,
): { decisions: Float64Array; labels: Int32Array } {
  const texts = samples.map(({ text }) => text);
  const corpus = corpusOf(texts, options.kind ?? kindFor(texts));
  const labels = labelsOf(samples);
  const decisions = new Float64Array(samples.length);
  for (const fold of new Set(foldOf)) {
    const rows = foldOf.map((_, row) => row);
    const model = fitModel(
      corpus,
      labels,
      rows.filter((row) => foldOf[row] !== fold),
      options,
    );
    for (const row of rows.filter((row) => foldOf[row] === fold)) decisions[row] = decisionOnRow(corpus, row, model);
  }
  return { decisions, labels };
}

function decisionOnRow({ starts, columns, values, features }: Corpus, row: number, model: TextModel): number {
  const found: number[] = [];
  for (let at = starts[row] ?? 0; at < (starts[row + 1] ?? 0); at += 1) {
    const times = Math.round(Math.exp((values[at] ?? 1) - 1));
    for (let time = 0; time < times; time += 1) found.push(features[columns[at] ?? 0] ?? 0);
  }
  return decisionOn(Uint32Array.from(found), model);
}

/**
 * The factor that makes probabilities of held-out decisions: the maximum of the likelihood (Platt, 1999, without his offset, so that
 * a decision of 0 stays an even chance), with either class weighted as in the training.
 */
export function slopeOf(
  decisions: Float64Array,
  labels: Int32Array,
  { balance = 0.5 }: { balance?: number } = {},
): number {
  const positives = labels.reduce((count, label) => count + (label > 0 ? 1 : 0), 0);
  const negatives = labels.length - positives;
  if (positives === 0 || negatives === 0) return 1;
  const weightOf = (label: number) =>
    (label > 0 ? Math.max(1, negatives / positives) : Math.max(1, positives / negatives)) ** balance;
  let slope = 1;
  for (let step = 0; step < 50; step += 1) {
    let gradient = 0;
    let curvature = 1e-9;
    for (const [row, decision] of decisions.entries()) {
      const label = labels[row] ?? 0;
      const miss = 1 / (1 + Math.exp(slope * decision * label));
      gradient += weightOf(label) * miss * decision * label;
      curvature += weightOf(label) * miss * (1 - miss) * decision * decision;
    }
    const next = Math.min(20, Math.max(0.05, slope + gradient / curvature));
    if (Math.abs(next - slope) < 1e-9) return next;
    slope = next;
  }
  return slope;
}
