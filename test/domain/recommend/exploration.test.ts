import { describe, expect, it } from 'vitest';
import {
  explorationSlots,
  isNewAt,
  oneFromAnywhere,
  oneOfFirst,
} from '../../../shared/domain/recommend/exploration.ts';
import { seeded } from '../../../shared/domain/text/seeded.ts';
import { DAY_MS, NOW_MS } from '../../support/recommend-lists.ts';

describe('places that are kept for new products', () => {
  it.each([
    [0, 20, 0],
    [0.05, 20, 1],
    [0.1, 20, 2],
    [1, 20, 19],
    [1, 1, 0],
    [0.5, 0, 0],
  ])('of a share of %d of %d are %d, none the first', (share, length, count) => {
    for (let seed = 0; seed < 20; seed += 1) {
      const slots = explorationSlots(share, length, seeded(seed));
      expect(slots.size).toBe(count);
      for (const slot of slots) {
        expect(slot).toBeGreaterThanOrEqual(2);
        expect(slot).toBeLessThanOrEqual(length);
      }
    }
  });

  it('are the share on average where it is no whole number', () => {
    const counts = Array.from({ length: 1_000 }, (_, seed) => explorationSlots(0.05, 5, seeded(seed)).size);
    expect(counts.reduce((sum, count) => sum + count, 0) / 1_000).toBeCloseTo(0.25, 1);
  });
});

describe('a new product', () => {
  it.each([
    ['today', NOW_MS, true],
    ['on the first day that counts', NOW_MS - 30 * DAY_MS, true],
    ['before it', NOW_MS - 30 * DAY_MS - 1, false],
    ['nobody knows when', undefined, false],
  ])('is one that was first known %s: %s', (_when, firstKnownMs, isNew) => {
    expect(isNewAt(firstKnownMs, NOW_MS, { newDays: 30 })).toBe(isNew);
  });

  it('is one of the best that fit, or any that fits', () => {
    const list = Array.from({ length: 50 }, (_, index) => index);
    const even = (it: number) => it % 2 === 0;
    const random = seeded(3);
    const best = new Set(Array.from({ length: 500 }, () => oneOfFirst(list, even, random)));
    expect([...best].sort((one, other) => (one ?? 0) - (other ?? 0))).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
    const any = new Set(Array.from({ length: 2_000 }, () => oneFromAnywhere(list, even, random)));
    expect(any.size).toBe(25);
    for (const pick of [oneOfFirst, oneFromAnywhere]) {
      expect(pick([], even, random)).toBeUndefined();
      expect(pick([1, 3], even, random)).toBeUndefined();
    }
    let tries = 0;
    const never = () => {
      tries += 1;
      return false;
    };
    expect(oneFromAnywhere(Array(10_000).fill(0), never, random)).toBeUndefined();
    expect(tries).toBe(200);
  });
});
