/** The models of the release, trained from the public data sets. */
import { join } from 'node:path';
import {
  type Figures,
  figuresOf,
  heldOutDecisions,
  slopeOf,
  stratifiedFolds,
} from '../../shared/domain/text/cross-validation.ts';
import { polarityOf } from '../../shared/domain/text/polarity.ts';
import {
  positiveProbability,
  probabilityOf,
  serialiseModel,
  type TextModel,
} from '../../shared/domain/text/text-model.ts';
import { labelsOf, type Sample, trainModel } from '../../shared/domain/text/train.ts';
import { DATA_FILES } from './cross-validate.ts';
import { readClothing, readLabelled } from './labelled-reviews.ts';

export type TrainedModel = {
  language: 'zh' | 'en';
  model: TextModel;
  bytes: Uint8Array;
  /** Of the same data in 5 folds. */
  held: Figures;
  /** How far, on average, a probability is from the share of positives among those that got it; tenths of the scale, weighted. */
  calibrationError: number;
  /** Of held-out reviews: the share called neutral, and how many of all others are told rightly. */
  neutralShare: number;
  decidedAccuracy: number;
  /** Of reviews with 3 stars, which it was not trained on; undefined where the data has none. */
  undecidedNeutralShare?: number;
};

const FOLDS = 5;

/** Trains both. The same seed and the same data give the same bytes. */
export async function trainModels({ dataFolder, seed }: { dataFolder: string; seed: number }): Promise<TrainedModel[]> {
  const chinese = [
    ...(await readLabelled(join(dataFolder, DATA_FILES.waimai))),
    ...(await readLabelled(join(dataFolder, DATA_FILES.shopping))),
  ].filter(({ text }) => text.trim() !== '');
  const { clear, undecided } = await readClothing(join(dataFolder, DATA_FILES.clothing));
  return [trained('zh', chinese, [], seed), trained('en', clear, undecided, seed)];
}

function trained(
  language: 'zh' | 'en',
  samples: readonly Sample[],
  undecided: readonly string[],
  seed: number,
): TrainedModel {
  const kind = language === 'zh' ? 'characters' : 'words';
  const options = { language, kind, seed } as const;
  const labels = labelsOf(samples);
  const { decisions } = heldOutDecisions(samples, stratifiedFolds(labels, FOLDS, seed), options);
  const slope = slopeOf(decisions, labels);
  const model = trainModel(samples, { ...options, slope });
  const scores = decisions.map((decision) => probabilityOf(decision, model));
  const decided = [...scores.keys()].filter((row) => polarityOf(scores[row] ?? 0) !== 'neutral');
  const right = decided.filter((row) => (scores[row] ?? 0) > 0.5 === (labels[row] ?? 0) > 0);
  const isNeutral = (text: string) => polarityOf(positiveProbability(text, model)) === 'neutral';
  return {
    language,
    model,
    bytes: serialiseModel(model),
    held: figuresOf(decisions, labels),
    calibrationError: calibrationError(scores, labels),
    neutralShare: 1 - decided.length / scores.length,
    decidedAccuracy: right.length / decided.length,
    ...(undecided.length > 0 && { undecidedNeutralShare: undecided.filter(isNeutral).length / undecided.length }),
  };
}

const BINS = 10;

function calibrationError(scores: Float64Array, labels: Int32Array): number {
  const bins = Array.from({ length: BINS }, () => ({ count: 0, score: 0, positive: 0 }));
  for (const [row, score] of scores.entries()) {
    const bin = bins[Math.min(BINS - 1, Math.floor(score * BINS))];
    if (bin === undefined) continue;
    bin.count += 1;
    bin.score += score;
    if ((labels[row] ?? 0) > 0) bin.positive += 1;
  }
  return bins.reduce((sum, { score, positive }) => sum + Math.abs(score - positive), 0) / scores.length;
}
