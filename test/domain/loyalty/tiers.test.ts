import { describe, expect, it } from 'vitest';
import { memberView } from '../../../shared/domain/member/member-view.ts';
import { always } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import type { Happening } from '../../support/order-histories.ts';
import { at, cancelled, completed, lifeOf, placed, returned } from '../../support/shop-story.ts';

/** An order of the given total in minor units, delivered at once. */
const bought = (time: string, total: number, orderId = 'ord-1'): Happening[] => [
  placed(time, { orderId, total }),
  completed(time, { orderId }),
];

function tierOf(happenings: Happening[], now = '2026-12-31') {
  const { account } = lifeOf('ann', happenings, now);
  return memberView('ann', { account }, at(now), always(currentPolicy)).tier;
}

describe('the tier table: spend, tier, discount and what is left to the next', () => {
  it.each([
    { spend: '0.99', tier: 'basic', discount: 0, next: 'silver', remaining: '999.01' },
    { spend: '999.99', tier: 'basic', discount: 0, next: 'silver', remaining: '0.01' },
    { spend: '1000.00', tier: 'silver', discount: 5, next: 'gold', remaining: '4000.00' },
    { spend: '4999.99', tier: 'silver', discount: 5, next: 'gold', remaining: '0.01' },
    { spend: '5000.00', tier: 'gold', discount: 10, next: 'diamond', remaining: '15000.00' },
    { spend: '19999.99', tier: 'gold', discount: 10, next: 'diamond', remaining: '0.01' },
    { spend: '20000.00', tier: 'diamond', discount: 15, next: undefined, remaining: undefined },
    { spend: '9999999.00', tier: 'diamond', discount: 15, next: undefined, remaining: undefined },
  ])('$spend: $tier, $discount % off, $remaining to $next', ({ spend, tier, discount, next, remaining }) => {
    const minor = (text: string) => Math.round(Number(text) * 100);
    const view = tierOf(bought('2026-01-05', minor(spend)));
    expect(view).toMatchObject({ id: tier, discountPercent: discount, since: '2026-01-05T00:00:00.000Z' });
    expect(view.next).toEqual(next === undefined ? undefined : { id: next, remaining: minor(remaining ?? '') });
  });

  it.each([
    { tier: 'basic', spend: 0, benefits: [] },
    { tier: 'silver', spend: 100_000, benefits: ['member_discount'] },
    { tier: 'gold', spend: 500_000, benefits: ['member_discount', 'birthday_voucher'] },
    {
      tier: 'diamond',
      spend: 2_000_000,
      benefits: ['member_discount', 'birthday_voucher', 'own_support_line', 'new_products_first'],
    },
  ])('$tier brings $benefits', ({ tier, spend, benefits }) => {
    expect(tierOf(bought('2026-01-05', spend))).toMatchObject({ id: tier, benefits });
  });
});

describe('a change of tier', () => {
  const changes = (happenings: Happening[]) =>
    lifeOf('ann', happenings, '2026-12-31').entries.filter((it) => it.kind === 'tier');

  it('comes with delivery, not with the order', () => {
    expect(changes([placed('2026-01-05', { total: 600_000 })])).toEqual([]);
    expect(changes(bought('2026-01-05', 600_000))).toEqual([
      {
        kind: 'tier',
        from: 'basic',
        to: 'gold',
        atMs: at('2026-01-05'),
        spend: 600_000,
        eventId: 'ord-1:completed',
        eventType: 'order.completed.v1',
        subject: 'ord-1',
        reason: 'spend',
        policyStamp: currentPolicy.stamp,
      },
    ]);
  });

  it.each([
    { what: 'up, step by step', facts: [...bought('2026-01-05', 60_000), ...bought('2026-02-05', 60_000, 'ord-2')] },
    {
      what: 'down by a return',
      facts: [...bought('2026-01-05', 600_000), returned('2026-01-20', { 1: 1 })],
    },
    { what: 'down by a cancellation', facts: [...bought('2026-01-05', 600_000), cancelled('2026-01-20')] },
    {
      what: 'down one, and up again',
      facts: [
        ...bought('2026-01-05', 400_000),
        ...bought('2026-02-05', 200_000, 'ord-2'),
        returned('2026-02-10', { 1: 1 }, { orderId: 'ord-2' }),
        ...bought('2026-03-05', 100_000, 'ord-3'),
      ],
    },
  ])('goes $what', ({ what, facts }) => {
    const golden: Record<string, string[]> = {
      'up, step by step': ['basic -> silver at 120000 by ord-2:completed'],
      'down by a return': ['basic -> gold at 600000 by ord-1:completed', 'gold -> basic at 0 by ord-1:returned:ret-1'],
      'down by a cancellation': ['basic -> gold at 600000 by ord-1:completed', 'gold -> basic at 0 by ord-1:cancelled'],
      'down one, and up again': [
        'basic -> silver at 400000 by ord-1:completed',
        'silver -> gold at 600000 by ord-2:completed',
        'gold -> silver at 400000 by ord-2:returned:ret-1',
        'silver -> gold at 500000 by ord-3:completed',
      ],
    };
    expect(
      changes(facts).map((it) => ('from' in it ? `${it.from} -> ${it.to} at ${it.spend} by ${it.eventId}` : '')),
    ).toEqual(golden[what]);
  });

  it('dates the tier from itself, also a fall back to the first one', () => {
    expect(tierOf(bought('2026-01-05', 600_000)).since).toBe('2026-01-05T00:00:00.000Z');
    const fallen = [...bought('2026-01-05', 600_000), cancelled('2026-01-20')];
    expect(tierOf(fallen)).toMatchObject({ id: 'basic', since: '2026-01-20T00:00:00.000Z' });
  });
});
