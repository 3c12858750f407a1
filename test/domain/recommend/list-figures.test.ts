import { describe, expect, it } from 'vitest';
import { listFigures } from '../../../shared/domain/recommend/list-figures.ts';

describe('what lists are like', () => {
  it('covers the share of items that stand on a list', () => {
    expect(listFigures([[0, 1], [1]], { itemCount: 4 }).coverage).toBe(0.5);
    expect(listFigures([], { itemCount: 0 })).toEqual({ coverage: 0, gini: 0 });
  });

  it('has a Gini index of 0 where all have as many places, and near 1 where one has all', () => {
    expect(listFigures([[0, 1, 2, 3]], { itemCount: 4 }).gini).toBe(0);
    // One of four has everything: (n - 1) / n.
    expect(listFigures([[0], [0]], { itemCount: 4 }).gini).toBe(0.75);
  });

  it('counts what is rare as new: the bits of its share', () => {
    // Shares 1/2 and 1/8: one bit and three bits.
    const figures = listFigures([[0, 1]], { itemCount: 3, popularity: [4, 1, 3] });
    expect(figures.novelty).toBe(2);
    expect(figures.popularity).toBe((1 + 0.25) / 2);
    expect(listFigures([[0]], { itemCount: 2, popularity: [0, 8] }).novelty).toBe(4);
    expect(listFigures([[0]], { itemCount: 1, popularity: [0] }).novelty).toBe(0);
  });

  it('takes the mean over pairs of a list, then over lists of more than one', () => {
    const alike = (one: number, other: number) => (one + other === 1 ? 1 : 0);
    expect(listFigures([[0, 1, 2], [0, 1], [2], []], { itemCount: 3, similarity: alike }).inListSimilarity).toBe(
      (1 / 3 + 1) / 2,
    );
    expect(listFigures([[2]], { itemCount: 3, similarity: alike }).inListSimilarity).toBe(0);
  });
});
