/** How well sentiment is read, by the protocols that its figures are compared under. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Figures,
  figuresOf,
  heldOutDecisions,
  stratifiedFolds,
} from '../../shared/domain/text/cross-validation.ts';
import { servingModels } from '../../shared/domain/text/serving-models.ts';
import { positiveProbability, type TextModel } from '../../shared/domain/text/text-model.ts';
import { labelsOf, type Sample } from '../../shared/domain/text/train.ts';
import { readClothing, readLabelled } from './labelled-reviews.ts';

/** Where the files are inside the data folder. */
export const DATA_FILES = {
  waimai: 'sentiment-zh/waimai_10k.csv.gz',
  shopping: 'sentiment-zh/online_shopping_10_cats.csv.gz',
  clothing: 'womens-clothing/womens-clothing-reviews.csv.gz',
} as const;

/** A row as the table of budgets has it. */
export type FigureRow = { what: string; budget: string; measured: string; within: boolean };

const TIMED_REVIEWS = 5_000;

/** The files of the three data sets that are not in a folder; without them there are no figures. */
export function missingData(dataFolder: string): string[] {
  return Object.values(DATA_FILES).filter((file) => !existsSync(join(dataFolder, file)));
}

/**
 * Trains and tests on the three data sets, stratified folds and categories left out, and times the models of the release.
 * Throws ImportProblem where a file is missing or broken. Some 40 seconds with 5 folds.
 */
export async function sentimentFigures({
  dataFolder,
  folds = 5,
  seed = 1,
}: {
  dataFolder: string;
  folds?: number;
  seed?: number;
}): Promise<FigureRow[]> {
  const waimai = await readLabelled(join(dataFolder, DATA_FILES.waimai));
  const shopping = (await readLabelled(join(dataFolder, DATA_FILES.shopping))).filter(({ text }) => text.trim() !== '');
  const { clear: clothing } = await readClothing(join(dataFolder, DATA_FILES.clothing));
  const inFolds = (samples: readonly Sample[]): Figures => {
    const labels = labelsOf(samples);
    const { decisions } = heldOutDecisions(samples, stratifiedFolds(labels, folds, seed), {
      language: 'held out',
      seed,
    });
    return figuresOf(decisions, labels);
  };
  const unseen = unseenCategories(shopping, seed);
  const mean = unseen.reduce((sum, { accuracy }) => sum + accuracy, 0) / unseen.length;
  const { zh, en } = await servingModels();
  const timesMs = [timed(zh, shopping), timed(en, clothing)];
  const row = (what: string, least: number, value: number, further: string): FigureRow => ({
    what,
    budget: `>= ${least.toFixed(3)}`,
    measured: `${value.toFixed(4)}${further}`,
    within: value >= least,
  });
  const inZh = inFolds(waimai);
  const inShopping = inFolds(shopping);
  const inEn = inFolds(clothing);
  return [
    row(`waimai_10k, ${folds} folds, accuracy`, 0.895, inZh.accuracy, also('macro F1', inZh.macroF1, inZh)),
    row(
      `online_shopping_10_cats, ${folds} folds, accuracy`,
      0.935,
      inShopping.accuracy,
      also('macro F1', inShopping.macroF1, inShopping),
    ),
    row(
      '  each category by the nine others, mean accuracy',
      0.87,
      mean,
      `; ${unseen.map(({ category, accuracy }) => `${category} ${accuracy.toFixed(3)}`).join(', ')}`,
    ),
    row(`womens-clothing, ${folds} folds, macro F1`, 0.85, inEn.macroF1, also('accuracy', inEn.accuracy, inEn)),
    {
      what: 'one review, models of the release, zh / en',
      budget: '<= 0.3 ms',
      measured: `${timesMs.map((ms) => ms.toFixed(3)).join(' / ')} ms`,
      within: Math.max(...timesMs) <= 0.3,
    },
  ];
}

const also = (name: string, value: number, { reviews }: Figures): string =>
  `; ${name} ${value.toFixed(4)}, ${reviews} reviews`;

function unseenCategories(reviews: readonly (Sample & { category?: string })[], seed: number) {
  const categories = [...new Set(reviews.map(({ category = '' }) => category))];
  const folds = Int32Array.from(reviews, ({ category = '' }) => categories.indexOf(category));
  const { decisions, labels } = heldOutDecisions(reviews, folds, { language: 'held out', seed });
  return categories.map((category, index) => {
    const rows = folds.map((_, row) => row).filter((row) => folds[row] === index);
    const { accuracy } = figuresOf(
      Float64Array.from(rows, (row) => decisions[row] ?? 0),
      Int32Array.from(rows, (row) => labels[row] ?? 0),
    );
    return { category, accuracy };
  });
}

function timed(model: TextModel, samples: readonly Sample[]): number {
  // Evenly over the file, which is sorted by category.
  const step = Math.max(1, Math.floor(samples.length / TIMED_REVIEWS));
  const texts = samples.filter((_, index) => index % step === 0).map(({ text }) => text);
  for (const text of texts.slice(0, 500)) positiveProbability(text, model);
  const startedMs = performance.now();
  for (const text of texts) positiveProbability(text, model);
  return (performance.now() - startedMs) / texts.length;
}
