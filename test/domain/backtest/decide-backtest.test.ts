import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideBacktest } from '../../../shared/domain/backtest/decide-backtest.ts';
import type { Span } from '../../../shared/domain/backtest/recorded.ts';
import { type BacktestReport, NAMED_MEMBERS } from '../../../shared/domain/backtest/report.ts';
import { availablePoints, pendingPoints } from '../../../shared/domain/loyalty/account.ts';
import { accountAt } from '../../../shared/domain/loyalty/fold.ts';
import { replay } from '../../../shared/domain/loyalty/replay.ts';
import { always, type Policies } from '../../../shared/policy/policies.ts';
import { currentPolicy, documentOf, type Policy } from '../../../shared/policy/policy.ts';
import { shopHistory } from '../../support/order-histories.ts';
import { policyOf } from '../../support/policies.ts';
import { recordedOf } from '../../support/recorded.ts';
import { at, completed, factOf, identified, placed, type Told } from '../../support/shop-story.ts';

const WHOLE: Span = { fromMs: Number.NEGATIVE_INFINITY, toMs: at('2026-06-01') };
const RELEASE = always(currentPolicy);
const double = policyOf({ version: 'double', 'points.purchaseRate': 2 });
const lower = policyOf({ version: 'lower', 'tiers.steps.1.threshold': 5_000, 'tiers.steps.1.discountPercent': 4 });

const decide = (told: readonly Told[], draft: Policy, span = WHOLE, policies: Policies = RELEASE) =>
  decideBacktest(policies, documentOf(draft), recordedOf(...told), span);

function report(told: readonly Told[], draft: Policy, span = WHOLE, policies: Policies = RELEASE): BacktestReport {
  const decision = decide(told, draft, span, policies);
  if (decision.kind !== 'report') throw new Error(decision.code);
  return decision.report;
}

const order = (memberId: string, number: number, time: string, total: number): Told[] => {
  const orderId = `${memberId}-${number}`;
  return [placed(time, { memberId, orderId, total }), completed(time, { orderId })];
};

describe('a back-test', () => {
  const told = [
    ...order('ann', 1, '2026-01-05', 120_000),
    ...order('ann', 2, '2026-02-05', 10_000),
    ...order('bob', 1, '2026-01-05', 6_000),
    ...order('bob', 2, '2026-02-05', 5_000),
    placed('2026-02-06', { orderId: 'kiosk', anonymousId: 'a1', total: 100 }),
  ];

  it('says what the draft would have cost, moved and changed', () => {
    expect(report(told, lower)).toEqual({
      currency: 'CNY',
      to: '2026-06-01T00:00:00.000Z',
      current: {
        policyVersion: currentPolicy.stamp,
        orders: 4,
        members: 2,
        points: { issued: 1_410, reversed: 0, expired: 0, redeemed: 0, refunded: 0, adjusted: 0 },
        liability: { points: 1_410, available: 1_410, pending: 0, debt: 0, value: 1_410 },
        tiers: [
          { id: 'basic', members: 1 },
          { id: 'silver', members: 1 },
          { id: 'gold', members: 0 },
          { id: 'diamond', members: 0 },
        ],
        tierMoves: { up: 1, down: 0 },
        discounts: { orders: 1, amount: 500 },
        cost: { points: 1_410, discounts: 500, total: 1_910 },
      },
      draft: {
        policyVersion: lower.stamp,
        orders: 4,
        members: 2,
        points: { issued: 1_410, reversed: 0, expired: 0, redeemed: 0, refunded: 0, adjusted: 0 },
        liability: { points: 1_410, available: 1_410, pending: 0, debt: 0, value: 1_410 },
        tiers: [
          { id: 'basic', members: 0 },
          { id: 'silver', members: 2 },
          { id: 'gold', members: 0 },
          { id: 'diamond', members: 0 },
        ],
        tierMoves: { up: 2, down: 0 },
        discounts: { orders: 2, amount: 600 },
        cost: { points: 1_410, discounts: 600, total: 2_010 },
      },
      difference: { pointsIssued: 0, liability: { points: 0, value: 0 }, discounts: 100, cost: 100 },
      tierMoves: [{ from: 'basic', to: 'silver', members: 1 }],
      members: { gain: 1, lose: 1, same: 0 },
      gainMost: [
        {
          memberId: 'bob',
          difference: 200,
          current: { tier: 'basic', points: 110, discounts: 0, value: 110 },
          draft: { tier: 'silver', points: 110, discounts: 200, value: 310 },
        },
      ],
      loseMost: [
        {
          memberId: 'ann',
          difference: -100,
          current: { tier: 'silver', points: 1_300, discounts: 500, value: 1_800 },
          draft: { tier: 'silver', points: 1_300, discounts: 400, value: 1_700 },
        },
      ],
    });
  });

  it('values points by each policy itself', () => {
    const dear = policyOf({ 'points.redemption.pointsPerCurrencyUnit': 50 });
    const { draft, difference } = report(told, dear);
    expect([draft.liability, difference]).toMatchObject([
      { points: 1_410, value: 2_820 },
      { pointsIssued: 0, liability: { points: 0, value: 1_410 }, cost: 1_410 },
    ]);
  });

  it('takes the draft to have been put when the span begins', () => {
    const span = { fromMs: at('2026-02-01'), toMs: at('2026-03-01') };
    const { from, current, draft } = report(told, double, span);
    expect(from).toBe('2026-02-01T00:00:00.000Z');
    expect(current).toMatchObject({ orders: 2, points: { issued: 150 }, liability: { points: 1_410 } });
    expect(draft).toMatchObject({ orders: 2, points: { issued: 300 }, liability: { points: 1_560 } });
  });

  it('compares with the policy in force, whatever the shop had before', () => {
    const policies: Policies = [...RELEASE, { fromMs: at('2026-05-01'), policy: double }];
    expect(report(told, double, WHOLE, policies).difference.cost).toBe(0);
    expect(report(told, currentPolicy, WHOLE, policies).difference.pointsIssued).toBe(-1_410);
  });

  it('books what a visitor bought to the member the visitor turned out to be', () => {
    const known = [...told, identified('2026-03-01', 'a1', 'cat')];
    expect(report(known, double)).toMatchObject({ current: { orders: 5, members: 3 } });
  });

  it('names no more than some members, those it changes most', () => {
    const many = Array.from({ length: 15 }, (_, n) =>
      order(`m${String(n).padStart(2, '0')}`, 1, '2026-01-05', 1_000 * (n + 1)),
    );
    const { gainMost, loseMost, members } = report(many.flat(), double);
    expect(gainMost.map(({ memberId }) => memberId)).toEqual(
      Array.from({ length: NAMED_MEMBERS }, (_, n) => `m${String(14 - n).padStart(2, '0')}`),
    );
    expect([members, loseMost]).toEqual([{ gain: 15, lose: 0, same: 0 }, []]);
  });

  it('finds no difference between a policy and itself, whatever happened', () => {
    fc.assert(
      fc.property(shopHistory({ maxOrders: 6 }), (happenings) => {
        const decision = decide(happenings, currentPolicy, { ...WHOLE, toMs: at('2029-01-01') });
        if (decision.kind !== 'report') return;
        const { current, draft, difference, tierMoves, members } = decision.report;
        expect(draft).toEqual(current);
        expect(difference).toEqual({ pointsIssued: 0, liability: { points: 0, value: 0 }, discounts: 0, cost: 0 });
        expect([tierMoves, members.gain, members.lose]).toEqual([[], 0, 0]);
      }),
      { numRuns: 50 },
    );
  });

  it('comes to the liability that the accounts themselves come to, under the draft too', () => {
    fc.assert(
      fc.property(shopHistory({ maxOrders: 6 }), (happenings) => {
        const toMs = at('2027-02-01');
        const decision = decide(happenings, double, { ...WHOLE, toMs });
        if (decision.kind !== 'report') return;
        // Whose an order is, is known once and for all, whenever the visitor has logged in.
        const known = happenings.filter(({ type, time }) => type === 'member.identified.v1' || at(time) <= toMs);
        const { accounts } = replay(known.map(factOf), always(double));
        const held = [...accounts.values()].map((it) => accountAt(it, toMs, always(double)).account);
        const total = held.reduce((sum, it) => sum + availablePoints(it) + pendingPoints(it), 0);
        const { points, liability } = decision.report.draft;
        expect(liability.points).toBe(total);
        const { issued, reversed, expired, redeemed, refunded, adjusted } = points;
        const outstanding = issued - reversed - expired - redeemed + refunded + adjusted;
        expect(outstanding).toBe(liability.points - liability.debt);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a back-test is refused', () => {
  const told = order('ann', 1, '2026-01-05', 1_000);
  const inEuro = documentOf(policyOf({ currency: 'EUR' }));
  const draft = documentOf(double);
  it.each([
    { what: 'in another base currency', document: inEuro, recorded: undefined, code: 'base_currency_fixed' },
    { what: 'over more than can be replayed', document: draft, recorded: undefined, code: 'too_much_to_replay' },
    { what: 'over nothing', document: draft, recorded: recordedOf(), code: 'nothing_to_replay' },
    {
      what: 'over a time in which nothing happened',
      document: draft,
      recorded: recordedOf(...told),
      span: { fromMs: at('2026-02-01'), toMs: at('2026-03-01') },
      code: 'nothing_to_replay',
    },
  ])('$what: $code', ({ document, recorded, span = WHOLE, code }) => {
    expect(decideBacktest(RELEASE, document, recorded, span)).toEqual({
      kind: 'refused',
      code,
      detail: expect.stringMatching(/\.$/),
    });
  });
});
