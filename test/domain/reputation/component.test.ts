import { describe, expect, it } from 'vitest';
import {
  type ComponentRule,
  coverageOf,
  judge,
  lossesOf,
  totalOf,
  valueAt,
  wilsonInterval,
} from '../../../shared/domain/reputation/component.ts';

const curve = [
  { rate: 0, value: 100 },
  { rate: 0.1, value: 80 },
  { rate: 0.5, value: 0 },
];
const rule: ComponentRule = { weight: 30, curve, minimum: 20, assumed: 0.1, grace: 0 };

describe('a curve', () => {
  it.each([
    { rate: 0, value: 100 },
    { rate: 0.05, value: 90 },
    { rate: 0.1, value: 80 },
    { rate: 0.3, value: 40 },
    { rate: 0.5, value: 0 },
    { rate: 1, value: 0 },
  ])('is $value at $rate', ({ rate, value }) => {
    expect(valueAt(rate, curve)).toBeCloseTo(value, 9);
  });
});

describe('a component', () => {
  it.each([
    { what: 'nothing seen', seen: { n: 0, of: 0 }, rate: 0.1, value: 80, contribution: 24, basis: 'assumed' },
    {
      what: 'half of it seen',
      seen: { n: 0, of: 10 },
      rate: 0.05,
      value: 90,
      contribution: 27,
      basis: 'partly_assumed',
    },
    {
      what: 'one bad of one',
      seen: { n: 1, of: 1 },
      rate: 0.145,
      value: 71,
      contribution: 21.3,
      basis: 'partly_assumed',
    },
    { what: 'just enough', seen: { n: 2, of: 20 }, rate: 0.1, value: 80, contribution: 24, basis: 'measured' },
    { what: 'plenty', seen: { n: 30, of: 100 }, rate: 0.3, value: 40, contribution: 12, basis: 'measured' },
    { what: 'more than there can be', seen: { n: 90, of: 30 }, rate: 1, value: 0, contribution: 0, basis: 'measured' },
    {
      what: 'a worse mark',
      seen: { n: 0, of: 20, mark: 55 },
      rate: 0,
      value: 55,
      contribution: 16.5,
      basis: 'measured',
    },
    {
      what: 'a better mark',
      seen: { n: 2, of: 20, mark: 99 },
      rate: 0.1,
      value: 80,
      contribution: 24,
      basis: 'measured',
    },
  ])('with $what is worth $value at a rate of $rate', ({ seen, ...expected }) => {
    const { what: _, ...shown } = expected as typeof expected & { what?: string };
    expect(judge('returns', seen, rule)).toMatchObject({ ...shown, weight: 30, curve });
  });

  it('forgives as many as the policy says', () => {
    const lenient = { ...rule, grace: 3 };
    expect([2, 3, 4].map((n) => judge('response', { n, of: 20 }, lenient).rate)).toEqual([0, 0, 0.05]);
  });

  it('tells where the true rate lies, once anything was seen', () => {
    expect(judge('returns', { n: 0, of: 0 }, rule)).not.toHaveProperty('interval');
    expect(judge('returns', { n: 5, of: 100 }, rule).interval).toEqual({ low: 0.0215, high: 0.1118 });
  });
});

// The figures of R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
it.each([
  { n: 81, of: 263, low: 0.2553, high: 0.3662 },
  { n: 15, of: 148, low: 0.0624, high: 0.1605 },
  { n: 0, of: 20, low: 0, high: 0.1611 },
  { n: 1, of: 29, low: 0.0061, high: 0.1718 },
])('the interval of $n in $of is $low to $high', ({ n, of, low, high }) => {
  expect(wilsonInterval(n, of)).toEqual({ low, high });
});

describe('components together', () => {
  const components = [judge('a', { n: 5, of: 10 }, rule), judge('b', { n: 0, of: 40 }, { ...rule, weight: 70 })];

  it('add up, and what is lost adds up to the rest', () => {
    const losses = lossesOf(components, { a: 'review_check', b: 'fact_correction' });
    expect(totalOf(components)).toBe(82);
    expect(losses).toEqual([{ code: 'a', lost: 18, n: 5, of: 10, basis: 'partly_assumed', appeal: 'review_check' }]);
  });

  it('rest on evidence as far as there is any', () => {
    expect(coverageOf(components)).toBe(85);
  });
});
