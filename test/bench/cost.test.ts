import { describe, expect, test } from 'vitest';
import { type BillLine, billOf, dollarsOf } from './pricing.ts';

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
