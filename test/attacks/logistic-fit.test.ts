import { describe, expect, it } from 'vitest';
import { chanceOf } from '../../infra/attacks/chance.ts';
import { type Case, fitted } from '../../infra/attacks/logistic-fit.ts';

/** Cases that follow the weights given. */
function casesOf(weights: readonly number[], count = 20_000): Case[] {
  const chance = chanceOf(4);
  return Array.from({ length: count }, () => {
    const values = [1, ...weights.slice(1).map(() => chance.whole(0, 3))];
    const sum = values.reduce((total, value, index) => total + value * (weights[index] ?? 0), 0);
    return { values, is: chance.happens(1 / (1 + Math.exp(-sum))) };
  });
}

const free = [true, true, true];

describe('the fit', () => {
  it('finds the weights that cases follow, from wherever it starts', () => {
    const cases = casesOf([-3, 0.5, 1.2]);
    const found = fitted(cases, [0, 0, 0], free);
    [-3, 0.5, 1.2].forEach((weight, index) => {
      expect(Math.abs((found[index] ?? 0) - weight)).toBeLessThan(0.12);
    });
    const other = fitted(cases, [-8, 2, 0], free);
    other.forEach((weight, index) => {
      expect(Math.abs(weight - (found[index] ?? 0))).toBeLessThan(0.001);
    });
    expect(fitted(cases, [0, 0, 0], free)).toEqual(found);
  });

  it('gives no signal a weight below 0 or above 3', () => {
    const found = fitted(casesOf([-3, -0.8, 5]), [0, 0, 0], free);
    expect(found[1]).toBe(0);
    expect(found[2]).toBe(3);
  });

  it('leaves alone what is not free', () => {
    expect(fitted(casesOf([-3, 0.5, 1.2]), [0, 0.3, 0], [true, false, true])[1]).toBe(0.3);
  });

  it('does not run away where a signal is a sure sign', () => {
    const cases = [...Array.from({ length: 50 }, () => ({ values: [1, 1], is: true }))];
    const none = Array.from({ length: 1_000 }, () => ({ values: [1, 0], is: false }));
    const [base = 0, weight = 0] = fitted([...cases, ...none], [-5, 0], [true, true]);
    expect(weight).toBeLessThanOrEqual(3);
    expect(Number.isFinite(base)).toBe(true);
  });
});
