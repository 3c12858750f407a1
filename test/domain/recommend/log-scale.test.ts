import { expect, it } from 'vitest';
import { FeatureScores } from '../../../shared/domain/recommend/features.ts';
import { addLogScaled } from '../../../shared/domain/recommend/log-scale.ts';

function scaled(values: Record<number, number>, contrast: number): Record<number, number> {
  const from = new FeatureScores(5);
  const into = new FeatureScores(5);
  for (const [item, value] of Object.entries(values)) from.add(Number(item), value);
  addLogScaled(from, contrast, into);
  return Object.fromEntries(Array.from(into.items.subarray(0, into.count), (item) => [item, into.values[item]!]));
}

it('hands values on as logarithms, the greatest as 1', () => {
  // log(1 + 1 / 0.1) is log 11, log(1 + 0.2 / 0.1) is log 3.
  expect(scaled({ 3: 5, 0: 1 }, 0.1)).toEqual({ 3: 1, 0: Math.log(3) / Math.log(11) });
});

it('does not depend on the unit of the values', () => {
  const [small, large] = [scaled({ 1: 1e-9, 2: 3e-9 }, 0.5), scaled({ 1: 1e9, 2: 3e9 }, 0.5)];
  expect(small[1]).toBeCloseTo(large[1]!, 12);
  expect(small[2]).toBe(large[2]);
});

it.each([
  { what: 'nothing', values: {}, wanted: {} },
  { what: 'what is no number', values: { 1: Number.NaN, 2: 4 }, wanted: { 2: 1 } },
  { what: 'the smallest numbers there are', values: { 1: 5e-324 }, wanted: { 1: 1 } },
])('has an answer for $what', ({ values, wanted }) => {
  expect(scaled(values, 0.001)).toEqual(wanted);
});
