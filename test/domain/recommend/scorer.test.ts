import { describe, expect, it } from 'vitest';
import { type Feature, featureNames, type Question } from '../../../shared/domain/recommend/features.ts';
import { createScorer, sumOf } from '../../../shared/domain/recommend/scorer.ts';

const question: Question = { context: 'home', session: [], recent: [], basket: [], purchases: [], nowMs: 0 };

function finder(name: (typeof featureNames)[number], values: Record<number, number>): Feature {
  return {
    kind: 'finds',
    name,
    score: (_question, into) => {
      for (const [item, value] of Object.entries(values)) into.add(Number(item), value);
    },
  };
}

const trust = (values: Record<number, number>): Feature => ({
  kind: 'judges',
  name: 'trust',
  prepare: () => undefined,
  valueOf: (item) => values[item] ?? 0,
});

const part = (name: (typeof featureNames)[number]): number => featureNames.indexOf(name);

describe('the scorer', () => {
  it('adds weight times value of each feature, values scaled by the greatest of this answer', () => {
    const scorer = createScorer([finder('session', { 0: 4, 1: 2 }), finder('content', { 1: 0.5, 2: 0.25 })], 3);
    const all = scorer.score(question, { weights: { session: 1, content: 0.8 }, limit: 10 });
    expect(all.map(({ item, score }) => [item, score])).toEqual([
      [1, 1.3],
      [0, 1],
      [2, 0.4],
    ]);
    expect(all[0]?.contributions[part('session')]).toBe(0.5);
    expect(all[0]?.contributions[part('content')]).toBe(0.8);
    for (const { score, contributions } of all) expect(sumOf(contributions)).toBe(score);
  });

  it('forgets one question before the next', () => {
    let values: Record<number, number> = { 0: 1 };
    const feature: Feature = {
      kind: 'finds',
      name: 'session',
      score: (_question, into) => {
        for (const [item, value] of Object.entries(values)) into.add(Number(item), value);
      },
    };
    const scorer = createScorer([feature], 2);
    scorer.score(question, { weights: { session: 1 }, limit: 5 });
    values = { 1: 1 };
    expect(scorer.score(question, { weights: { session: 1 }, limit: 5 }).map(({ item }) => item)).toEqual([1]);
  });

  it('lets judges decide among what others found, and propose nothing themselves', () => {
    const scorer = createScorer([finder('session', { 0: 1, 1: 1 }), trust({ 1: 0.9, 2: 1 })], 3);
    const all = scorer.score(question, { weights: { session: 1, trust: 0.5 }, limit: 10 });
    expect(all.map(({ item, score }) => [item, score])).toEqual([
      [1, 1.45],
      [0, 1],
    ]);
  });

  it('asks no feature without a weight', () => {
    const failing: Feature = {
      kind: 'finds',
      name: 'content',
      score: () => {
        throw new Error('asked');
      },
    };
    const scorer = createScorer([finder('session', { 0: 1 }), failing], 1);
    expect(scorer.score(question, { weights: { session: 1 }, limit: 1 })).toHaveLength(1);
  });

  it.each([
    ['no number', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['a negative value', -1],
    ['an item that does not exist', 1],
  ])('leaves out %s', (_what, value) => {
    const values = value === 1 ? { 7: 1 } : { 1: value };
    const scorer = createScorer([finder('session', { 0: 1, ...values })], 2);
    const all = scorer.score(question, { weights: { session: 1 }, limit: 5 });
    expect(all.map(({ item, score }) => [item, score])).toEqual([[0, 1]]);
  });

  it('takes the best of many, the smaller index first among equals, and what is accepted only', () => {
    const values = Object.fromEntries(Array.from({ length: 100 }, (_, item) => [item, 1 + (item % 10)]));
    const scorer = createScorer([finder('session', values)], 100);
    const best = scorer.score(question, { weights: { session: 1 }, limit: 12 }).map(({ item }) => item);
    expect(best).toEqual([9, 19, 29, 39, 49, 59, 69, 79, 89, 99, 8, 18]);
    const even = scorer.score(question, { weights: { session: 1 }, limit: 3, accepts: (item) => item % 2 === 0 });
    expect(even.map(({ item }) => item)).toEqual([8, 18, 28]);
    expect(scorer.score(question, { weights: { session: 1 }, limit: 0 })).toEqual([]);
  });
});
