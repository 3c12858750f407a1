import { describe, expect, it } from 'vitest';
import {
  holdOutLastBaskets,
  holdOutLastDays,
  questionOfBasket,
} from '../../../shared/domain/recommend/basket-questions.ts';
import type { FeatureName, FindingFeature } from '../../../shared/domain/recommend/features.ts';
import { basketFigures, learnBasketWeights } from '../../../shared/domain/recommend/learn-basket-weights.ts';
import { type Basket, DAY, purchaseLogOf } from './purchase-logs.ts';

const whole = purchaseLogOf(
  [
    [
      [1, 0],
      [5, 1, 2],
      [20, 3],
    ],
    [[2, 1]],
    [
      [19, 2],
      [20, 0],
    ],
    [],
  ],
  4,
);

describe('baskets that are held out', () => {
  it('are the last of each member who has two', () => {
    const { train, questions } = holdOutLastBaskets(whole);
    expect(questions).toEqual([
      { member: 0, basket: 2 },
      { member: 2, basket: 5 },
    ]);
    expect([...train.from]).toEqual([0, 2, 3, 4, 4]);
    expect([...train.lines]).toEqual([0, 1, 3, 4, 5]);
    expect([...train.items]).toEqual([0, 1, 2, 1, 2]);
    expect([...train.boughtAt]).toEqual([1, 5, 2, 19].map((day) => day * DAY));
  });

  it('are those of the last days, of members who had bought before them', () => {
    const { train, questions } = holdOutLastDays(whole, 5);
    expect(questions).toEqual([{ member: 0, basket: 2 }]);
    expect([...train.from]).toEqual([0, 2, 3, 3, 3]);
    expect([...train.items]).toEqual([0, 1, 2, 1]);
  });

  it('are asked for with what was bought before', () => {
    const { purchases, nowMs } = questionOfBasket(whole, { member: 0, basket: 2 });
    expect(purchases.map(({ item, atMs }) => [item, atMs / DAY / 1000])).toEqual([
      [0, 1],
      [1, 5],
      [2, 5],
    ]);
    expect(nowMs).toBe(20 * DAY * 1000);
  });
});

describe('what a list reaches', () => {
  it.each([
    { list: [1, 2], basket: [1], recall: 1, ndcg: 1 },
    { list: [2, 1], basket: [1], recall: 1, ndcg: 1 / Math.log2(3) },
    { list: [2, 1], basket: [1, 3], recall: 0.5, ndcg: 1 / Math.log2(3) / (1 + 1 / Math.log2(3)) },
    { list: [], basket: [1], recall: 0, ndcg: 0 },
    { list: [1], basket: [], recall: 0, ndcg: 0 },
  ])('is $recall and $ndcg for $list of $basket', ({ list, basket, recall, ndcg }) => {
    const figures = basketFigures(list, new Set(basket));
    expect(figures.recall).toBeCloseTo(recall, 12);
    expect(figures.ndcg).toBeCloseTo(ndcg, 12);
  });
});

describe('weights of features', () => {
  const always = (name: FeatureName, values: Record<number, number>): FindingFeature => ({
    kind: 'finds',
    name,
    score: (_question, into) => {
      for (const [item, value] of Object.entries(values)) into.add(Number(item), value);
    },
  });
  // Everybody's last basket has product 19, and twelve products more come first for the first feature.
  const members = Array.from({ length: 30 }, (): Basket[] => [
    [0, 1],
    [1, 19],
  ]);
  const held = holdOutLastBaskets(purchaseLogOf(members, 20));
  const wrong = always('repeat', Object.fromEntries(Array.from({ length: 12 }, (_, item) => [item, 20 - item])));

  it('give to a feature that is right, and nothing to one that is not', () => {
    const learnt = learnBasketWeights(
      held,
      [wrong, always('similar_members', { 19: 3 }), always('brand', { 18: 1 })],
      1,
    );
    expect(learnt.weights.repeat).toBe(1);
    expect(learnt.weights.similar_members).toBeGreaterThan(1);
    expect(learnt.weights.brand).toBeLessThan(learnt.weights.similar_members!);
    expect(learnt).toMatchObject({ recall10: 1, ndcg10: 1, questions: 30 });
  });

  it('are the same for the same seed', () => {
    const features = [wrong, always('similar_members', { 19: 3 })];
    const many = holdOutLastBaskets(purchaseLogOf(Array.from({ length: 110 }, () => members).flat(), 20));
    expect(learnBasketWeights(many, features, 7)).toEqual(learnBasketWeights(many, features, 7));
    expect(learnBasketWeights(many, features, 7).questions).toBe(3_000);
  });

  it('are those that are begun with where nothing is held out', () => {
    const nothing = holdOutLastBaskets(purchaseLogOf([], 20));
    const learnt = learnBasketWeights(nothing, [wrong, always('similar_members', { 19: 3 })], 1);
    expect(learnt).toEqual({ weights: { repeat: 1, similar_members: 0.75 }, recall10: 0, ndcg10: 0, questions: 0 });
  });
});
