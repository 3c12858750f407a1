import { describe, expect, it } from 'vitest';
import { figuresOf, slopeOf, stratifiedFolds } from '../../../shared/domain/text/cross-validation.ts';
import { positiveProbability, serialiseModel } from '../../../shared/domain/text/text-model.ts';
import { trainModel } from '../../../shared/domain/text/train.ts';
import {
  STAR_MINIMUM,
  STAR_REVIEWS_LIMIT,
  type StarredReview,
  trainFromStars,
} from '../../../shared/domain/text/train-from-stars.ts';
import { englishSamples } from './samples.ts';

const minimum = { reviews: 100, perClass: 20 };
const starred = (count: number): StarredReview[] =>
  englishSamples(count).map(({ text, positive }, index) => ({
    text: `${text} Order ${'abcdefghij'[index % 10]}${index}.`.replace(
      /\d/g,
      (digit) => 'klmnopqrst'[Number(digit)] ?? '',
    ),
    stars: positive ? 4 + (index % 3 === 0 ? 1 : 0) : 1 + (index % 3 === 0 ? 1 : 0),
    language: 'en',
  }));
const reviews = starred(200);
const options = { language: 'en', seed: 1, minimum } as const;
const ignorant = trainModel(
  englishSamples(40).map((sample) => ({ ...sample, positive: !sample.positive })),
  { language: 'en', seed: 1 },
);

describe("a shop's own model", () => {
  const decision = trainFromStars(reviews, { ...options, serving: ignorant });

  it('is given where it clearly reads held-out reviews better, with the figures', () => {
    expect(decision).toMatchObject({
      kind: 'trained',
      model: { about: { language: 'en', trainedOn: { reviews: 200, positive: 100 } } },
      evidence: { positive: 100, negative: 100, own: { reviews: 200 }, onlyServingRight: 0 },
    });
    if (decision.kind !== 'trained') return;
    expect(decision.evidence.own?.macroF1).toBeGreaterThan(0.9);
    expect(decision.evidence.serving?.macroF1).toBeLessThan(0.5);
    expect(positiveProbability('a lovely lamp', decision.model)).toBeGreaterThan(0.5);
    expect(positiveProbability('a shabby lamp', decision.model)).toBeLessThan(0.5);
  });

  it('is the same to the byte for the same reviews', () => {
    const again = trainFromStars(reviews, { ...options, serving: ignorant });
    if (again.kind !== 'trained' || decision.kind !== 'trained') throw new Error('Not trained.');
    expect(serialiseModel(again.model)).toEqual(serialiseModel(decision.model));
  });

  it('is given where nothing serves yet', () => {
    expect(trainFromStars(reviews, options)).toMatchObject({ kind: 'trained' });
  });

  it('learns of clear stars, of its language, and of each text once', () => {
    const noise: StarredReview[] = [
      ...reviews.slice(0, 50),
      ...reviews.slice(0, 50).map(({ text }) => ({ text: `${text} !`, stars: 3, language: 'en' as const })),
      { text: '很好', stars: 5, language: 'zh' },
      { text: 'Muito bom', stars: 5, language: 'other' },
      { text: ' \u0000 ', stars: 1, language: 'en' },
    ];
    expect(trainFromStars([...reviews, ...noise], options).evidence).toMatchObject({ positive: 100, negative: 100 });
  });
});

const glad = reviews.filter(({ stars }) => stars > 3);
const sad = reviews.filter(({ stars }) => stars < 3);
const better = trainModel(englishSamples(300), { language: 'en', seed: 1 });

it.each([
  {
    why: 'more than can be learnt from',
    given: Array.from({ length: STAR_REVIEWS_LIMIT + 1 }, () => reviews[0]!),
    code: 'too_many_reviews',
    detail: '100001 reviews are more than the 100000 that can be learnt from at once.',
  },
  { why: 'none', given: [], code: 'too_few_reviews', detail: '0 reviews with text and clear stars, 100 are needed.' },
  {
    why: 'one text many times',
    given: Array.from({ length: 500 }, (_, index) => ({ ...reviews[0]!, stars: index % 2 === 0 ? 5 : 1 })),
    code: 'too_few_reviews',
    detail: '1 reviews with text and clear stars, 100 are needed.',
  },
  {
    why: 'praise alone',
    given: starred(400).filter(({ stars }) => stars > 3),
    code: 'one_class_only',
    detail: 'All of 200 reviews are positive: there is nothing to tell apart.',
  },
  {
    why: 'hardly any praise',
    given: [...sad, ...glad.slice(0, 10)],
    code: 'too_few_of_a_class',
    detail: '10 positive reviews, 20 are needed.',
  },
  {
    why: 'what the serving model reads as well',
    given: reviews,
    serving: better,
    code: 'not_better',
    detail:
      'On reviews that it had not seen it alone is right 0 times, the serving model alone 0 times: that is not clearly better.',
  },
])('there is no model of $why', ({ given, serving, code, detail }) => {
  const decision = trainFromStars(given, { ...options, ...(serving && { serving }) });
  expect(decision).toMatchObject({ kind: 'refused', code, detail });
  expect(decision).not.toHaveProperty('model');
});

it('asks for enough unless it is told less', () => {
  const { minimum: _, ...plain } = options;
  expect(trainFromStars(starred(STAR_MINIMUM.reviews - 2), plain)).toMatchObject({ code: 'too_few_reviews' });
});

describe('figures', () => {
  const labels = Int32Array.from([1, 1, 1, -1, -1]);

  it.each([
    [[1, 1, 1, -1, -1], 1, 1],
    [[1, 1, -1, -1, 1], 0.6, (4 / 6 + 2 / 4) / 2],
    [[1, 1, 1, 1, 1], 0.6, 0.375],
    [[-1, -1, -1, 1, 1], 0, 0],
  ])('of %j are counted', (decisions, accuracy, macroF1) => {
    const figures = figuresOf(Float64Array.from(decisions), labels);
    expect(figures.accuracy).toBeCloseTo(accuracy, 12);
    expect(figures.macroF1).toBeCloseTo(macroF1, 12);
  });

  it('of nothing are nothing', () => {
    expect(figuresOf(new Float64Array(), new Int32Array())).toEqual({ reviews: 0, accuracy: 0, macroF1: 0 });
  });
});

it('every fold has its share of either class', () => {
  const labels = Int32Array.from({ length: 53 }, (_, row) => (row < 11 ? 1 : -1));
  const folds = stratifiedFolds(labels, 5, 3);
  for (let fold = 0; fold < 5; fold += 1) {
    const rows = [...folds.keys()].filter((row) => folds[row] === fold);
    expect(rows.filter((row) => labels[row] === 1).length).toBeGreaterThanOrEqual(2);
    expect(rows.length).toBeGreaterThanOrEqual(10);
  }
  expect(stratifiedFolds(labels, 5, 3)).toEqual(folds);
});

describe('the slope', () => {
  it.each([
    ['of decisions that are too sure is below 1', [9, 9, 9, -9, 9], [1, 1, 1, -1, -1], [0.01, 0.5]],
    ['of decisions that are always right is held', [1, 1, -1, -1], [1, 1, -1, -1], [19, 20]],
    ['of decisions that are always wrong is held', [-1, -1, 1, 1], [1, 1, -1, -1], [0.04, 0.06]],
    ['of one class is 1', [3, 4], [1, 1], [1, 1]],
  ])('%s', (_, decisions, labels, [least, most]) => {
    const slope = slopeOf(Float64Array.from(decisions), Int32Array.from(labels));
    expect(slope).toBeGreaterThanOrEqual(least!);
    expect(slope).toBeLessThanOrEqual(most!);
  });
});
