import { describe, expect, it } from 'vitest';
import { anyIn, causeUnder, orderUnder, putAt, recordedBy } from '../../../shared/domain/backtest/recorded.ts';
import { always, type Policies } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { policyOf } from '../../support/policies.ts';
import { recordedOf } from '../../support/recorded.ts';
import {
  at,
  causeTold,
  checkedIn,
  completed,
  placed,
  returned,
  rewarded,
  type Told,
} from '../../support/shop-story.ts';

const ALWAYS = Number.NEGATIVE_INFINITY;
const draft = policyOf({ version: 'draft', 'points.purchaseRate': 2 });
const second = policyOf({ version: 'second' });

describe('what was known by an instant', () => {
  it('leaves out what came later, and orders and causes of which nothing was known', () => {
    const recorded = recordedOf(
      placed('2026-01-05'),
      completed('2026-01-06'),
      returned('2026-01-08', { 1: 1 }),
      placed('2026-01-08', { orderId: 'ord-2' }),
      checkedIn('2026-01-05'),
      checkedIn('2026-01-09'),
    );
    const { orders, causes } = recordedBy(recorded, at('2026-01-07'));
    expect(orders.map(({ orderId, facts }) => [orderId, facts.map(({ kind }) => kind)])).toEqual([
      ['ord-1', ['placed', 'completed']],
    ]);
    expect(causes.map(({ facts }) => facts[0]?.atMs)).toEqual([at('2026-01-05')]);
  });
});

describe('a policy that is taken to have been put at an instant', () => {
  const policies: Policies = [...always(currentPolicy), { fromMs: 1_000, policy: second }];

  it('follows what applied before', () => {
    expect(putAt(policies, 2_000, draft)).toEqual([...policies, { fromMs: 2_000, policy: draft }]);
    expect(putAt(policies, 500, draft)).toEqual([policies[0], { fromMs: 500, policy: draft }]);
  });

  it('takes the place of one that was put just then', () => {
    expect(putAt(policies, 1_000, draft)).toEqual([policies[0], { fromMs: 1_000, policy: draft }]);
  });

  it('is the only one where there is no such instant', () => {
    expect(putAt(policies, ALWAYS, draft)).toEqual(always(draft));
  });
});

describe('an order under other policies', () => {
  it('has the terms of the one that applied when it was placed', () => {
    const [order] = recordedOf(placed('2026-01-05'), completed('2026-01-06')).orders;
    const policies: Policies = [...always(currentPolicy), { fromMs: at('2026-01-06'), policy: draft }];
    expect(orderUnder(order!, always(draft)).terms).toMatchObject({ purchaseRate: 2, policyStamp: draft.stamp });
    expect(orderUnder(order!, policies).terms).toEqual(order!.terms);
    expect(orderUnder(order!, always(draft)).facts).toEqual(order!.facts);
  });

  it('has none where its currency is not known there, or its placing is not', () => {
    const [order] = recordedOf(placed('2026-01-05')).orders;
    const [waiting] = recordedOf(completed('2026-01-06')).orders;
    expect(orderUnder(order!, always(policyOf({ 'currencies.EUR': undefined }))).terms).toBeUndefined();
    expect(orderUnder(waiting!, always(draft))).toMatchObject({ facts: [{ kind: 'completed' }] });
  });
});

it('a referral brings what the policy of its time gives each side, and nothing where it was refused', () => {
  const generous = always(policyOf({ referral: { referrerPoints: 7, friendPoints: 3 } }));
  const pointsOf = (...told: Told[]) =>
    recordedOf(...told).causes.flatMap((cause) => causeUnder(cause, generous).facts.map(({ data }) => data));
  const referral = (memberId: string, points: number, type = 'referral.completed.v1') =>
    causeTold(
      'referral:bob',
      { kind: 'rewarded', eventId: 'e1', time: '2026-01-05', data: { points, reason: '', type } },
      memberId,
    );
  expect(pointsOf(referral('ann', 200))).toMatchObject([{ points: 7 }]);
  expect(pointsOf(referral('bob', 100))).toMatchObject([{ points: 3 }]);
  expect(pointsOf(referral('bob', 0))).toMatchObject([{ points: 0 }]);
  expect(pointsOf(referral('ann', 200, 'contest.won.v1'))).toMatchObject([{ points: 200 }]);
  expect(pointsOf(rewarded('2026-01-05', 200))).toMatchObject([{ points: 7 }]);
});

it.each([
  { from: '2026-01-05', to: '2026-01-06', any: true },
  { from: '2026-01-06', to: '2026-01-07', any: false },
  { from: '2026-01-07', to: '2026-01-08', any: true },
  { from: '2026-01-01', to: '2026-01-04', any: false },
])('something happened from $from to $to: $any', ({ from, to, any }) => {
  const recorded = recordedOf(placed('2026-01-05'), checkedIn('2026-01-08'));
  expect(anyIn(recorded, { fromMs: at(from), toMs: at(to) })).toBe(any);
});
