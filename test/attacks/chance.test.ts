import { describe, expect, it } from 'vitest';
import { chanceOf } from '../../infra/attacks/chance.ts';

const draws = (seed: number) => {
  const chance = chanceOf(seed);
  return Array.from({ length: 1_000 }, () => chance.next());
};

describe('chance from a seed', () => {
  it('is the same for the same seed, and else another', () => {
    expect(draws(7)).toEqual(draws(7));
    expect(draws(7)).not.toEqual(draws(8));
  });

  it('is even', () => {
    const mean = draws(7).reduce((sum, it) => sum + it, 0) / 1_000;
    expect(mean).toBeGreaterThan(0.47);
    expect(mean).toBeLessThan(0.53);
  });

  it('gives whole numbers with both ends, and different ones of several', () => {
    const chance = chanceOf(7);
    expect(new Set(Array.from({ length: 100 }, () => chance.whole(3, 5)))).toEqual(new Set([3, 4, 5]));
    expect(new Set(chance.some([1, 2, 3, 4, 5], 4)).size).toBe(4);
    expect(chance.some([1, 2], 5).sort()).toEqual([1, 2]);
    expect(() => chance.one([])).toThrow('nothing to choose from');
  });
});
