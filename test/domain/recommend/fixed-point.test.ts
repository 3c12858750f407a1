import { describe, expect, it } from 'vitest';
import { gridOf, onGrid } from '../../../shared/domain/recommend/fixed-point.ts';

describe('numbers on a grid', () => {
  it.each([1e-300, 1e-9, 0.1, 1, 3, 1e9, 1e300])('add up exactly in any order around %d', (greatest) => {
    const grid = gridOf(greatest);
    const parts = [0.1, 0.7, 0.2, 1 / 3, -0.3, 1e-13, -2 / 7].map((part) => onGrid(part * greatest, grid));
    const sum = parts.reduce((all, part) => all + part, 0);
    expect(parts.toReversed().reduce((all, part) => all + part, 0)).toBe(sum);
    expect(parts.toSorted((one, other) => one - other).reduce((all, part) => all + part, 0)).toBe(sum);
  });

  it('are next to what they were', () => {
    expect(Math.abs(onGrid(0.1, gridOf(1)) - 0.1)).toBeLessThan(1e-14);
    expect(onGrid(0.5, gridOf(1))).toBe(0.5);
  });

  it.each([
    [1e-30, 1],
    [-1e-30, -1],
    [Number.MIN_VALUE, 1],
  ])('are not nothing unless they were: %d', (value, sign) => {
    expect(Math.sign(onGrid(value, gridOf(1)))).toBe(sign);
  });

  it('are nothing where there is nothing', () => {
    expect(onGrid(0, gridOf(0))).toBe(0);
    expect(gridOf(0)).toBeGreaterThan(0);
  });
});
