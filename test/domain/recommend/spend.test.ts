import { describe, expect, it } from 'vitest';
import { capMicrosOf, costMicrosOf, monthOf } from '../../../shared/domain/recommend/spend.ts';

describe('what a request costs', () => {
  it.each([
    [5.56, 56],
    [0.1, 1],
    [0.01, 1],
    [0, 0],
    [20, 200],
    [100_000, 1_000_000],
  ])('at %f cents a thousand is %i micro-dollars, rounded up', (centsPerThousand, micros) => {
    expect(costMicrosOf({ centsPerThousand, monthlyCents: 1 })).toBe(micros);
  });

  it('never leaves the range in which numbers are exact', () => {
    expect(capMicrosOf({ centsPerThousand: 1, monthlyCents: 100_000_000 })).toBe(1_000_000_000_000);
  });
});

describe('the month', () => {
  it.each([
    ['2026-11-30T23:59:59.999Z', '2026-11'],
    ['2026-12-01T00:00:00+01:00', '2026-11'],
    ['2026-12-01T00:00:00Z', '2026-12'],
  ])('of %s is %s', (time, month) => {
    expect(monthOf(Date.parse(time))).toBe(month);
  });
});
