import { describe, expect, it } from 'vitest';
import { likenessOf } from '../../../shared/domain/recommend/likeness.ts';
import { catalogueOf } from '../../support/recommend-lists.ts';

const catalogue = catalogueOf([
  { brandId: 'oak', categories: ['Home'] },
  { brandId: 'oak', categories: ['Garden'] },
  { brandId: 'oak', categories: ['Home', 'Sale'] },
  { categories: ['Home'] },
  undefined,
  undefined,
]);

describe('how alike two products are', () => {
  it.each([
    ['what describes them says', 0, 1, () => 0.9, 0.9],
    ['no more than wholly', 0, 1, () => 7, 1],
    ['without a description, brand and category', 0, 2, () => 0, 0.75],
    ['the brand alone', 0, 1, undefined, 0.25],
    ['the category alone', 0, 3, undefined, 0.5],
    ['what is no number says nothing', 0, 3, () => Number.NaN, 0.5],
    ['two of which nothing is known are not alike for that', 4, 5, undefined, 0],
  ])('%s', (_what, one, other, described, likeness) => {
    expect(likenessOf(catalogue, described)(one, other)).toBe(likeness);
    expect(likenessOf(catalogue, described)(other, one)).toBe(likeness);
  });
});
