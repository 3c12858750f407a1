import { describe, expect, it } from 'vitest';
import {
  canonical,
  difference,
  inQuarter,
  quarterNumber,
  quarterOf,
  sumOf,
} from '../../../shared/domain/reputation/counts.ts';

describe('the difference of what is due and what was counted', () => {
  it.each([
    { what: 'nothing where they are the same', due: { SHOP: { a: 1 } }, counted: { SHOP: { a: 1 } }, change: {} },
    { what: 'all of it at first', due: { SHOP: { a: 1 } }, counted: {}, change: { SHOP: { a: 1 } } },
    { what: 'all of it back where nothing is due', due: {}, counted: { SHOP: { a: 2 } }, change: { SHOP: { a: -2 } } },
    {
      what: 'what moved from one to another',
      due: { 'BRAND#oak': { a: 1, b: 5 }, SHOP: { a: 1, b: 5 } },
      counted: { 'BRAND#elm': { a: 1 }, SHOP: { a: 1, c: 3 } },
      change: { 'BRAND#elm': { a: -1 }, 'BRAND#oak': { a: 1, b: 5 }, SHOP: { b: 5, c: -3 } },
    },
  ])('is $what', ({ due, counted, change }) => {
    expect(difference(due, counted)).toEqual(change);
    expect(canonical(sumOf([counted, difference(due, counted)]))).toBe(canonical(due));
  });
});

it('counts that say the same are the same text, whatever their order, and nothing is said of 0', () => {
  expect(canonical({ SHOP: { b: 2, a: 1, c: 0 }, 'BRAND#oak': { a: 0 } })).toBe('{"SHOP":{"a":1,"b":2}}');
  expect(canonical({})).toBe('{}');
});

it.each([
  { time: '2025-12-31T23:59:59.999Z', quarter: '2025q4' },
  { time: '2026-01-01T00:00:00Z', quarter: '2026q1' },
  { time: '2026-03-31T23:00:00-02:00', quarter: '2026q2' },
  { time: '2026-09-30T12:00:00Z', quarter: '2026q3' },
])('$time lies in $quarter', ({ time, quarter }) => {
  expect(quarterOf(Date.parse(time))).toBe(quarter);
  expect(inQuarter('orders', Date.parse(time))).toBe(`orders@${quarter}`);
});

it('quarters can be subtracted', () => {
  expect(quarterNumber('2026q1') - quarterNumber('2025q4')).toBe(1);
  expect(quarterNumber('2026q3') - quarterNumber('2024q3')).toBe(8);
});
