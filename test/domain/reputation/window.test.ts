import { describe, expect, it } from 'vitest';
import { windowOf } from '../../../shared/domain/reputation/window.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { policyOf } from '../../support/policies.ts';
import { NOW_MS } from '../../support/reputation-facts.ts';

const policy = currentPolicy.reputation;
const windowOn = (orders: Record<string, number>) =>
  windowOf(Object.fromEntries(Object.entries(orders).map(([quarter, count]) => [`orders@${quarter}`, count])), {
    nowMs: NOW_MS,
    policy,
  }).window;

describe('what is looked back on', () => {
  it.each([
    {
      what: 'all there ever was, where there are no orders',
      orders: {},
      window: { from: null, quarters: null, basis: 'all', orders: 0 },
    },
    {
      what: 'four quarters, where they have enough orders',
      orders: { '2026q2': 150, '2025q3': 50, '2025q2': 999 },
      window: { from: '2025q3', quarters: 4, basis: 'recent', orders: 200 },
    },
    {
      what: 'twelve, where they have fewer',
      orders: { '2026q2': 150, '2025q3': 49, '2023q3': 5, '2023q2': 7 },
      window: { from: '2023q3', quarters: 12, basis: 'sparse', orders: 204 },
    },
    {
      what: 'those up to the last order, however long ago: to sell nothing clears no record',
      orders: { '2018q3': 120, '2017q4': 100, '2017q3': 50 },
      window: { from: '2017q4', quarters: 4, basis: 'recent', orders: 220 },
    },
    {
      what: 'those up to now, where orders are dated ahead of the clock',
      orders: { '2026q3': 500, '2025q3': 10, '2025q2': 10 },
      window: { from: '2025q3', quarters: 4, basis: 'recent', orders: 510 },
    },
    {
      what: 'nothing of orders that were taken back',
      orders: { '2026q2': 0 },
      window: { from: null, quarters: null, basis: 'all', orders: 0 },
    },
  ])('is $what', ({ orders, window }) => {
    expect(windowOn(orders)).toEqual(window);
  });

  it('is the same whatever came after, which counts too', () => {
    const counters = { 'orders@2024q1': 300, 'complaints@2026q2': 7, 'complaints@2023q1': 2 };
    const { window, tally } = windowOf(counters, { nowMs: NOW_MS, policy });
    expect(window.from).toBe('2023q2');
    expect(tally('complaints')).toBe(7);
  });

  it('may be of one length in a shop that wants it so', () => {
    const even = policyOf({ 'reputation.window': { quarters: 2, sparseQuarters: 2, orders: 1_000 } }).reputation;
    const { window } = windowOf({ 'orders@2026q1': 1 }, { nowMs: NOW_MS, policy: even });
    expect(window).toEqual({ from: '2025q4', quarters: 2, basis: 'recent', orders: 1 });
  });
});
