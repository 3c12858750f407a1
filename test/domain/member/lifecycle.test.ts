import { describe, expect, it } from 'vitest';
import { lifecycleOf } from '../../../shared/domain/member/lifecycle.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import type { Happening } from '../../support/order-histories.ts';
import { at, cancelled, completed, lifeOf, placed } from '../../support/shop-story.ts';

const DAY_MS = 86_400_000;
const START = '2026-01-01';
const day = (number: number) => new Date(at(START) + number * DAY_MS).toISOString();

/** Orders delivered on the days they were placed. */
const orders = (...days: number[]): Happening[] =>
  days.flatMap((number) => [
    placed(day(number), { orderId: `ord-${number}` }),
    completed(day(number), { orderId: `ord-${number}` }),
  ]);

function standing(happenings: Happening[], now: number, registered?: number) {
  const { account } = lifeOf('ann', happenings, day(now));
  const registeredAtMs = registered === undefined ? undefined : at(day(registered));
  const { lifecycle, segments } = lifecycleOf(account, at(day(now)), currentPolicy, registeredAtMs);
  const dayOf = (ms: number | undefined) => (ms === undefined ? undefined : (ms - at(START)) / DAY_MS);
  return {
    lifecycle,
    segments: segments.map(({ id, sinceMs, untilMs, reasons }) => ({
      id,
      since: dayOf(sinceMs),
      until: dayOf(untilMs),
      reasons,
    })),
  };
}

describe('where a member stands', () => {
  it.each([
    { what: 'no order yet', days: [], now: 10, is: 'new', since: 3, until: undefined, reason: ['orders', 0, 2] },
    { what: 'one order', days: [5], now: 10, is: 'new', since: 5, until: 95, reason: ['orders', 1, 2] },
    { what: 'two orders', days: [5, 20], now: 25, is: 'growing', since: 20, until: 110, reason: ['orders', 2, 2] },
    {
      what: 'four orders',
      days: [5, 20, 30, 40],
      now: 41,
      is: 'growing',
      since: 20,
      until: 130,
      reason: ['orders', 4, 2],
    },
    { what: 'five orders', days: [1, 2, 3, 4, 5], now: 6, is: 'mature', since: 5, until: 95, reason: ['orders', 5, 5] },
    {
      what: '90 days without one',
      days: [5, 20],
      now: 110,
      is: 'at_risk',
      since: 110,
      until: 200,
      reason: ['days_since_last_order', 90, 90],
    },
    {
      what: '180 days without one',
      days: [5, 20],
      now: 200,
      is: 'lost',
      since: 200,
      until: undefined,
      reason: ['days_since_last_order', 180, 180],
    },
    {
      what: 'back after being lost',
      days: [5, 20, 300],
      now: 301,
      is: 'growing',
      since: 300,
      until: 390,
      reason: ['orders', 3, 2],
    },
    {
      what: 'back after a while at risk',
      days: [1, 2, 3, 4, 5, 100],
      now: 101,
      is: 'mature',
      since: 100,
      until: 190,
      reason: ['orders', 6, 5],
    },
  ] as const)('$what: $is', ({ days, now, is, since, until, reason }) => {
    const [code, value, threshold] = reason;
    expect(standing(orders(...days), now, 3)).toEqual({
      lifecycle: is,
      segments: [{ id: `lifecycle:${is}`, since, until, reasons: [{ code, value, threshold }] }],
    });
  });

  it('changes to the millisecond', () => {
    const { account } = lifeOf('ann', orders(0), day(0));
    const at90 = at(day(90));
    expect(lifecycleOf(account, at90 - 1, currentPolicy, undefined).lifecycle).toBe('new');
    expect(lifecycleOf(account, at90, currentPolicy, undefined).lifecycle).toBe('at_risk');
  });

  it('falls back when orders are cancelled', () => {
    const both = orders(1, 2);
    expect(standing(both, 3).lifecycle).toBe('growing');
    expect(standing([...both, cancelled(day(3), { orderId: 'ord-2' })], 4)).toMatchObject({
      lifecycle: 'new',
      segments: [{ since: 3, until: 92 }],
    });
  });
});
