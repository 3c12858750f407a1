import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  currencyTerms,
  formatAmount,
  purchasePoints,
  returnedNet,
  returnedPoints,
  shareByLargestRemainder,
  toBaseCurrency,
} from '../../../shared/domain/loyalty/arithmetic.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';

describe('points of an order', () => {
  it.each([
    // net in minor units, rate, digits of the currency, points
    { net: 0, rate: 1, digits: 2, points: 0 },
    { net: 99, rate: 1, digits: 2, points: 0 },
    { net: 100, rate: 1, digits: 2, points: 1 },
    { net: 3_398, rate: 1, digits: 2, points: 33 },
    { net: 3_399, rate: 2, digits: 2, points: 67 },
    { net: 1_000, rate: 0.1, digits: 2, points: 1 },
    { net: 999, rate: 0.1, digits: 2, points: 0 },
    { net: 10_000, rate: 1.15, digits: 2, points: 115 },
    { net: 100, rate: 1.0001, digits: 2, points: 1 },
    { net: 1_000_000, rate: 1.0001, digits: 2, points: 10_001 },
    { net: 500, rate: 1, digits: 0, points: 500 },
    { net: 1_234, rate: 1, digits: 3, points: 1 },
    { net: 1_000_000_000_000, rate: 1_000, digits: 2, points: 10_000_000_000_000 },
  ])('are floor(net x rate): $net at $rate with $digits digits gives $points', ({ net, rate, digits, points }) => {
    expect(purchasePoints(net, { purchaseRate: rate, baseDigits: digits })).toBe(points);
  });

  it('are not short of one where a rate has no exact binary form', () => {
    // 1.15 * 100 is 114.99999999999999 in floating point.
    expect(Math.floor(1.15 * 100)).toBe(114);
    expect(purchasePoints(10_000, { purchaseRate: 1.15, baseDigits: 2 })).toBe(115);
  });
});

describe('shares by largest remainder', () => {
  it.each([
    { whole: 33, weights: [2_598, 800], shares: [25, 8], why: '25.23 and 7.77: the second has the larger remainder' },
    { whole: 1, weights: [50, 50], shares: [1, 0], why: 'a tie goes to the earlier line' },
    { whole: 2, weights: [1, 1, 1], shares: [1, 1, 0], why: 'two of three equal lines' },
    { whole: 10, weights: [1, 1, 1], shares: [4, 3, 3], why: 'one left over, to the first' },
    { whole: 100, weights: [0, 3, 0], shares: [0, 100, 0], why: 'a free line earns nothing' },
    { whole: 5, weights: [3, 0, 1], shares: [4, 0, 1], why: '3.75 and 1.25' },
    { whole: 0, weights: [5, 7], shares: [0, 0], why: 'nothing to share' },
    { whole: 0, weights: [0, 0], shares: [0, 0], why: 'a free order' },
    { whole: 7, weights: [], shares: [], why: 'no lines' },
  ])('$whole over $weights is $shares ($why)', ({ whole, weights, shares }) => {
    expect(shareByLargestRemainder(whole, weights)).toEqual(shares);
  });

  it('sum to the whole, however large the weights', () => {
    const weights = [999_999_999_999, 1, 999_999_999_998];
    const shares = shareByLargestRemainder(9_999_999_999, weights);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBe(9_999_999_999);
  });
});

describe('money of another currency', () => {
  it.each([
    { amount: 1_000, rate: 1, digits: 2, baseDigits: 2, base: 1_000, why: 'one to one' },
    { amount: 1_000, rate: 7.85, digits: 2, baseDigits: 2, base: 7_850, why: '10.00 EUR are 78.50 CNY' },
    { amount: 1_000, rate: 0.05, digits: 0, baseDigits: 2, base: 5_000, why: '1,000 JPY are 50.00 CNY' },
    { amount: 1_234, rate: 23.5, digits: 3, baseDigits: 2, base: 2_900, why: '1.234 KWD are 28.999, half up 29.00' },
    { amount: 1, rate: 0.5, digits: 2, baseDigits: 2, base: 1, why: 'half a cent rounds up' },
    { amount: 1, rate: 0.49999999, digits: 2, baseDigits: 2, base: 0, why: 'less than half rounds down' },
    { amount: 3, rate: 0.5, digits: 2, baseDigits: 2, base: 2, why: '1.5 rounds up' },
    { amount: 101, rate: 0.01, digits: 2, baseDigits: 0, base: 0, why: 'into a currency without decimals' },
    { amount: 1_000_000_000_000, rate: 1_000_000, digits: 2, baseDigits: 2, base: 1e18, why: 'the largest there is' },
  ])('$amount at $rate is $base ($why)', ({ amount, base, ...terms }) => {
    expect(toBaseCurrency(amount, terms)).toBe(base);
  });

  it('is known by the policy or not at all', () => {
    expect(currencyTerms(currentPolicy, 'GBP')).toEqual({ rate: 1, digits: 2, baseDigits: 2 });
    expect(currencyTerms(currentPolicy, 'XXX')).toBeUndefined();
  });
});

describe('what a return takes', () => {
  it.each([
    // Ten points over three pieces go 3, 3 and 4: the running total is floor(10 x n / 3).
    { points: 10, quantity: 3, totals: [3, 6, 10] },
    { points: 2, quantity: 4, totals: [0, 1, 1, 2] },
    { points: 7, quantity: 1, totals: [7] },
    { points: 0, quantity: 2, totals: [0, 0] },
  ])('of $points points over $quantity pieces: $totals in total', ({ points, quantity, totals }) => {
    expect(totals.map((_, index) => returnedPoints(points, index + 1, quantity))).toEqual(totals);
  });

  it.each([
    { net: 1_000, quantity: 3, totals: [333, 667, 1_000] },
    { net: 1, quantity: 2, totals: [1, 1] },
    { net: 2_598, quantity: 2, totals: [1_299, 2_598] },
  ])('of a net of $net over $quantity pieces: $totals in total, half up', ({ net, quantity, totals }) => {
    expect(totals.map((_, index) => returnedNet(net, index + 1, quantity))).toEqual(totals);
  });
});

it.each([
  [1_299, 2, '12.99'],
  [5, 2, '0.05'],
  [0, 2, '0.00'],
  [-1_299, 2, '-12.99'],
  [500, 0, '500'],
  [1_234, 3, '1.234'],
])('%i minor units with %i digits are written %s', (amount, digits, text) => {
  expect(formatAmount(amount, digits)).toBe(text);
});

it('shares come out the same where they are small enough for doubles and where they are not', () => {
  const exactly = (whole: number, weights: readonly number[]): number[] => {
    const total = weights.reduce((sum, weight) => sum + BigInt(weight), 0n);
    if (total === 0n) return weights.map(() => 0);
    const exact = weights.map((weight) => BigInt(whole) * BigInt(weight));
    const shares = exact.map((value) => Number(value / total));
    let left = whole - shares.reduce((sum, share) => sum + share, 0);
    const byRemainder = exact.map((value, index) => ({ rest: value % total, index }));
    byRemainder.sort((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest > b.rest ? -1 : 1));
    for (const { index } of byRemainder) {
      if (left === 0) break;
      shares[index]! += 1;
      left -= 1;
    }
    return shares;
  };
  const weight = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 1_000_000_000_000 }));
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), fc.array(weight, { maxLength: 20 }), (whole, weights) => {
      expect(shareByLargestRemainder(whole, weights)).toEqual(exactly(whole, weights));
    }),
    { numRuns: 1_000 },
  );
});
