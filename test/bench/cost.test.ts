import { describe, expect, test } from 'vitest';
import { consequenceLines } from './bills.ts';
import { type BillLine, billOf, dollarsOf } from './pricing.ts';
import type { Consequences } from './reputation-life.ts';

const line = (parts: Partial<BillLine>): BillLine => ({
  service: 'DynamoDB',
  what: 'order and account',
  price: 'dynamoWrite',
  quantity: 4,
  origin: 'measured',
  why: 'two items of at most 1 KB in a transaction',
  ...parts,
});

describe('a bill', () => {
  test('four write units per order are 2.50 dollars per million orders', () => {
    const { lines, dollars } = billOf([line({})], 1_000_000);
    expect(lines).toMatchObject([{ total: 4_000_000, dollars: 2.5 }]);
    expect(dollars).toBe(2.5);
  });

  test('adds up lines whose prices are per million, per thousand and per one', () => {
    const lines = [
      line({ price: 'busEvent', quantity: 2 }),
      line({ price: 'bucketPut', quantity: 0.001 }),
      line({ price: 'archive', quantity: 0.000_002 }),
    ];
    expect(billOf(lines, 1_000_000).lines.map(({ dollars }) => dollars)).toEqual([
      2,
      expect.closeTo(0.005, 9),
      expect.closeTo(0.2, 9),
    ]);
    expect(billOf(lines, 1_000_000).dollars).toBeCloseTo(2.205, 9);
  });

  test('of nothing is nothing', () => {
    expect(billOf([], 1_000_000)).toEqual({ lines: [], dollars: 0 });
    expect(dollarsOf('queueRequest', 0)).toBe(0);
  });
});

describe('what an event sets off', () => {
  const follower = {
    name: 'reputation-fold',
    records: 4,
    invocations: 0.5,
    wru: 8,
    rru: 16,
    policyRru: 0.5,
    cpuMs: 5,
    logBytes: 100,
    logLines: 1,
  };
  const quiet: Consequences = { reactions: [], followers: [], announced: {} };
  const dollarsFor = (consequences: Consequences, price: BillLine['price']) =>
    billOf(consequenceLines(consequences), 1_000_000)
      .lines.filter((it) => it.price === price)
      .reduce((sum, { dollars }) => sum + dollars, 0);

  test('is paid by the units of its followers and by what they announce', () => {
    const consequences = { ...quiet, followers: [follower], announced: { 'review.published.v1': 1, other: 0.5 } };
    expect(dollarsFor(consequences, 'dynamoWrite')).toBe(5);
    expect(dollarsFor(consequences, 'dynamoRead')).toBeCloseTo(16.5 * 0.125, 9);
    expect(dollarsFor(consequences, 'busEvent')).toBe(1.5);
    expect(dollarsFor(consequences, 'lambdaRequest')).toBeCloseTo(0.1, 9);
  });

  test('is nothing of what nobody follows', () => {
    expect(consequenceLines(quiet).filter(({ service }) => service !== 'KMS')).toEqual([]);
  });
});
