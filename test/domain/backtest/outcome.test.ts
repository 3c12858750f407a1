import { describe, expect, it } from 'vitest';
import { type Outcome, outcomeOf } from '../../../shared/domain/backtest/outcome.ts';
import { causeEffect } from '../../../shared/domain/loyalty/cause-effect.ts';
import { orderEffect } from '../../../shared/domain/loyalty/order-effect.ts';
import { always, type Policies } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { policyOf } from '../../support/policies.ts';
import { recordedOf } from '../../support/recorded.ts';
import {
  adjusted,
  at,
  cancelled,
  checkedIn,
  completed,
  placed,
  redeemed,
  returned,
  type Told,
} from '../../support/shop-story.ts';

function outcome(
  told: readonly Told[],
  { from, to, policies = always(currentPolicy) }: { from?: string; to: string; policies?: Policies },
): Outcome {
  const { orders, causes } = recordedOf(...told);
  const postings = [
    ...orders.flatMap((order) => orderEffect(order).postings),
    ...causes.flatMap((cause) => causeEffect(cause, policies)),
  ];
  const fromMs = from === undefined ? Number.NEGATIVE_INFINITY : at(from);
  return outcomeOf(postings, policies, { fromMs, toMs: at(to) });
}

const NOTHING = { issued: 0, reversed: 0, expired: 0, redeemed: 0, refunded: 0, adjusted: 0 };
/** An order of 1,200.00, completed: the member is silver from then on. */
const toSilver = [placed('2026-01-05', { total: 120_000 }), completed('2026-01-06')];
const second = { orderId: 'ord-2', total: 20_000 };

describe('points', () => {
  it('are issued, reversed, redeemed, given back and corrected', () => {
    const told = [
      ...toSilver,
      checkedIn('2026-01-10'),
      redeemed('2026-01-20', 300, { orderId: 'ord-2' }),
      placed('2026-01-20', second),
      cancelled('2026-01-21', { orderId: 'ord-2' }),
      adjusted('2026-01-22', -50),
    ];
    expect(outcome(told, { to: '2026-02-01' })).toMatchObject({
      orders: 2,
      flows: { issued: 1_200 + 10 + 200, reversed: 200, expired: 0, redeemed: 300, refunded: 300, adjusted: -50 },
      balance: { available: 1_160, pending: 0, debt: 0 },
    });
  });

  it('expire by the end of the span, and not before', () => {
    expect(outcome(toSilver, { to: '2027-01-31' }).flows.expired).toBe(0);
    const { flows, balance } = outcome(toSilver, { to: '2027-02-01' });
    expect([flows.expired, balance]).toEqual([1_200, { available: 0, pending: 0, debt: 0 }]);
  });

  it('are counted from the beginning of the span, and stand as they do at its end', () => {
    const told = [...toSilver, placed('2026-02-05', second)];
    expect(outcome(told, { from: '2026-02-01', to: '2026-03-01' })).toMatchObject({
      orders: 1,
      flows: { ...NOTHING, issued: 200 },
      balance: { available: 1_200, pending: 200, debt: 0 },
    });
  });

  it('add up to what the balance says', () => {
    const told = [
      ...toSilver,
      redeemed('2026-01-20', 1_100),
      returned('2026-01-25', { 1: 1 }),
      checkedIn('2026-01-26'),
    ];
    const { flows, balance } = outcome(told, { to: '2026-02-01' });
    const { issued, reversed, expired, redeemed: spent, refunded, adjusted: corrected } = flows;
    expect(issued - reversed - expired - spent + refunded + corrected).toBe(
      balance.available + balance.pending - balance.debt,
    );
    expect(balance.debt).toBe(1_090);
  });
});

describe('tiers', () => {
  it('rise with spend and fall with returns', () => {
    const told = [...toSilver, returned('2026-01-25', { 1: 1 })];
    expect(outcome(told, { to: '2026-02-01' })).toMatchObject({ tier: 'basic', moves: { up: 1, down: 1 } });
    expect(outcome(told, { from: '2026-01-10', to: '2026-02-01' })).toMatchObject({ moves: { up: 0, down: 1 } });
  });

  it('move with a policy that renames, lifts or lowers them', () => {
    const change = (values: Record<string, unknown>): Policies => [
      ...always(currentPolicy),
      { fromMs: at('2026-02-01'), policy: policyOf(values) },
    ];
    const moves = (values: Record<string, unknown>) => {
      const { tier, moves: counted } = outcome(toSilver, {
        from: '2026-02-01',
        to: '2026-03-01',
        policies: change(values),
      });
      return { tier, ...counted };
    };
    expect(moves({ 'tiers.steps.1.threshold': 130_000 })).toEqual({ tier: 'basic', up: 0, down: 1 });
    expect(moves({ 'tiers.steps.2.threshold': 110_000 })).toEqual({ tier: 'gold', up: 1, down: 0 });
    expect(moves({ 'tiers.steps.1.id': 'bronze' })).toEqual({ tier: 'bronze', up: 0, down: 0 });
    expect(moves({ 'tiers.steps.1.id': 'bronze', 'tiers.steps.1.threshold': 90_000 })).toEqual({
      tier: 'bronze',
      up: 0,
      down: 1,
    });
  });
});

describe('discounts', () => {
  const amount = (told: readonly Told[], parts: Partial<Parameters<typeof outcome>[1]> = {}) =>
    outcome(told, { to: '2026-06-01', ...parts }).discounts;

  it('are those of the tier that the member had when the order was placed', () => {
    expect(amount(toSilver)).toEqual({ orders: 0, amount: 0 });
    expect(amount([...toSilver, placed('2026-02-05', second)])).toEqual({ orders: 1, amount: 1_000 });
    expect(amount([...toSilver, placed('2026-01-05T12:00:00Z', second)])).toEqual({ orders: 0, amount: 0 });
  });

  it('are those of the tier before, where an order is placed and completed at once', () => {
    const at5 = { orderId: 'ord-2', total: 500_000 };
    const told = [...toSilver, placed('2026-02-05', at5), completed('2026-02-05', { orderId: 'ord-2' })];
    expect(amount(told)).toEqual({ orders: 1, amount: 25_000 });
  });

  it('are taken off what is kept', () => {
    const lines = [{ unitPrice: 15_000 }, { unitPrice: 5_000 }];
    const told = [...toSilver, placed('2026-02-05', { orderId: 'ord-2', lines })];
    const back = returned('2026-02-09', { 1: 1 }, { orderId: 'ord-2' });
    expect(amount([...told, back])).toEqual({ orders: 1, amount: 250 });
    expect(amount([...told, cancelled('2026-02-09', { orderId: 'ord-2' })])).toEqual({ orders: 0, amount: 0 });
  });

  it('are rounded half up', () => {
    const policies = always(policyOf({ 'tiers.steps.0.discountPercent': 2.5 }));
    expect(amount([placed('2026-02-05', { total: 20 })], { policies })).toEqual({ orders: 1, amount: 1 });
    expect(amount([placed('2026-02-05', { total: 19 })], { policies })).toEqual({ orders: 0, amount: 0 });
  });

  it('are counted from the beginning of the span', () => {
    expect(amount([...toSilver, placed('2026-02-05', second)], { from: '2026-02-06' })).toEqual({
      orders: 0,
      amount: 0,
    });
  });

  it('follow a change of policy', () => {
    const policies: Policies = [
      ...always(currentPolicy),
      { fromMs: at('2026-02-01'), policy: policyOf({ 'tiers.steps.1.discountPercent': 8 }) },
    ];
    const told = [...toSilver, placed('2026-01-15', second), placed('2026-02-05', { ...second, orderId: 'ord-3' })];
    expect(amount(told, { policies })).toEqual({ orders: 2, amount: 1_000 + 1_600 });
  });
});
