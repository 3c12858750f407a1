import { describe, expect, it } from 'vitest';
import { createListLimits, limitFor } from '../../../shared/domain/recommend/list-limits.ts';
import { catalogueOf } from '../../support/recommend-lists.ts';

describe('limits of a list', () => {
  it.each([
    [8, 20, 8],
    [8, 10, 4],
    [8, 40, 16],
    [8, 1, 1],
    [1, 5, 1],
    [12, 4, 2],
    [100, 20, 100],
  ])('%d of twenty are, for a list of %d, %d', (ofTwenty, length, most) => {
    expect(limitFor(ofTwenty, length)).toBe(most);
  });

  const catalogue = catalogueOf([
    { brandId: 'oak', categories: ['Home'] },
    { brandId: 'oak', categories: ['Garden'] },
    { brandId: 'elm', categories: ['Home'] },
    undefined,
  ]);
  const one = { brand: 1, category: 1 };

  it('count brand and category each, and products without them not at all', () => {
    const limits = createListLimits(catalogue, one, 20);
    for (const item of [0, 3, 3, 3]) limits.take(item);
    expect([0, 1, 2, 3].map((item) => limits.hasRoom(item))).toEqual([false, false, false, true]);
  });

  it.each([
    ['brands', { brandIds: ['oak'] }, [false, true, false, true]],
    ['categories', { categories: ['Home'] }, [false, false, true, true]],
    ['nothing of these', { minPrice: 1, brandIds: undefined }, [false, false, false, true]],
  ])('do not hold for what the request asks for: %s', (_what, filters, room) => {
    const limits = createListLimits(catalogue, one, 20, filters);
    limits.take(0);
    expect([0, 1, 2, 3].map((item) => limits.hasRoom(item))).toEqual(room);
  });
});
