import { figuresOf } from '../../shared/domain/text/cross-validation.ts';
import { featuresOf } from '../../shared/domain/text/features.ts';
import { decisionOn } from '../../shared/domain/text/text-model.ts';
import { labelsOf, trainModel } from '../../shared/domain/text/train.ts';
import type { Evaluation } from '../commands/evaluation.ts';
import { UsageError } from '../commands/usage-error.ts';
import { ImportProblem } from '../importers/importer.ts';
import { readLabelled } from './labelled-reviews.ts';

const help = `npm run evaluate -- sentiment --train FILE --test FILE [--seed N]

Trains a model on the reviews of one file as the models of the release are trained, classifies those of the other, and
prints {accuracy, macroF1, msPerReview} as one line of JSON. Nothing of the test file is used for training.

  --train FILE  .csv or .csv.gz with a header; the columns label (1 positive, 0 negative) and review, others are ignored
  --test FILE   the same
  --seed N      the order in which examples are gone through (default: 1); the same seed gives the same figures
  --help        this text

The letters of the training file decide what is counted: n-grams of characters, or words and n-grams within them.
`;

export const sentimentEvaluation: Evaluation = {
  help,
  options: { train: { type: 'string' }, test: { type: 'string' }, seed: { type: 'string', default: '1' } },
  async run({ train, test, seed }) {
    if (typeof train !== 'string' || train === '')
      throw new UsageError('Which reviews are to be learnt from? --train FILE');
    if (typeof test !== 'string' || test === '')
      throw new UsageError('Which reviews are to be classified? --test FILE');
    if (typeof seed !== 'string' || !/^\d{1,9}$/.test(seed))
      throw new UsageError(`--seed takes a whole number, not "${seed}".`);
    return measure(train, test, Number(seed));
  },
};

async function measure(trainFile: string, testFile: string, seed: number) {
  const samples = (await readLabelled(trainFile)).filter(({ text }) => text.trim() !== '');
  const reviews = await readLabelled(testFile);
  const positives = samples.filter(({ positive }) => positive).length;
  if (positives === 0 || positives === samples.length) {
    throw new ImportProblem(`${trainFile} has reviews of one label only: there is nothing to tell apart.`);
  }
  const model = trainModel(samples, { language: 'as trained', seed });
  const startedMs = performance.now();
  const decisions = Float64Array.from(reviews, ({ text }) => decisionOn(featuresOf(text, model.about.kind), model));
  const msPerReview = (performance.now() - startedMs) / reviews.length;
  const { accuracy, macroF1 } = figuresOf(decisions, labelsOf(reviews));
  return { accuracy: rounded(accuracy, 4), macroF1: rounded(macroF1, 4), msPerReview: rounded(msPerReview, 4) };
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
