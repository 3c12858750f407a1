import { describe, expect, it } from 'vitest';
import { applyOrder, type CouponRecord, couponState, newCoupon } from '../../../shared/domain/coupon/coupon.ts';
import {
  decideHold,
  decideIssue,
  decideRelease,
  decideRevoke,
  HOLD_MS,
  type IssueCommand,
  usableCoupon,
} from '../../../shared/domain/coupon/decide-coupon.ts';
import { newWallet, putIn, type Wallet } from '../../../shared/domain/coupon/wallet.ts';
import type { CouponDefinition } from '../../../shared/policy/coupon-schema.ts';
import { always } from '../../../shared/policy/policies.ts';
import { at, couponPolicies, couponPolicy, definition, issuedCoupon, namedBy } from '../../support/coupon-shop.ts';

const NOW = at('2026-01-10T12:00:00Z');
const END = at('2026-02-04');
const code = (decision: { kind: string; code?: string }) => decision.code ?? decision.kind;

/** A wallet with so many units of the definition `ten`, given in a year. */
function walletWith(units: number, year: number): Wallet {
  return Array.from({ length: units }).reduce<Wallet>(
    (wallet, _, n) => putIn(wallet, { couponId: `old-${n}`, definitionId: 'ten', year }).wallet,
    newWallet('ann'),
  );
}

describe('a coupon is given', () => {
  const issue = (
    terms: Partial<CouponDefinition> = {},
    { coupon = newCoupon('c1') as CouponRecord, wallet = newWallet('ann'), nowMs = NOW, ...command }: Parts = {},
  ) =>
    decideIssue(
      { coupon, wallet },
      { couponId: 'c1', memberId: 'ann', definitionId: 'ten', ...command },
      couponPolicies(definition({ id: 'ten', ...terms })),
      nowMs,
    );
  type Parts = Partial<IssueCommand> & { coupon?: CouponRecord; wallet?: Wallet; nowMs?: number };

  it('with the terms of the moment', () => {
    const decision = issue({ budget: 10, validDays: 5 });
    expect(decision).toMatchObject({
      kind: 'issue',
      budget: 10,
      coupon: { couponId: 'c1', version: 1, issued: { memberId: 'ann', issuedAtMs: NOW, year: 2026 } },
      wallet: { version: 1, count: 1, tail: ['c1'], given: { ten: { ever: 1, years: { 2026: 1 } } } },
    });
    expect(decision.kind === 'issue' && decision.coupon.issued.definition).toMatchObject({ id: 'ten', validDays: 5 });
  });

  it.each([
    { code: 'id_reused', parts: { coupon: issuedCoupon({}, { memberId: 'bob' }) }, terms: {} },
    { code: 'id_reused', parts: { coupon: issuedCoupon({ id: 'other' }) }, terms: {} },
    { code: 'duplicate', parts: { coupon: issuedCoupon() }, terms: { until: '2026-01-01T00:00:00Z' } },
    { code: 'unknown_coupon', parts: { definitionId: 'nobody' }, terms: {} },
    { code: 'coupon_not_yet_valid', parts: {}, terms: { from: '2026-01-10T12:00:01Z' } },
    { code: 'issue', parts: {}, terms: { from: '2026-01-10T12:00:00Z' } },
    { code: 'coupon_expired', parts: {}, terms: { until: '2026-01-10T12:00:00Z' } },
    { code: 'issue', parts: {}, terms: { until: '2026-01-10T12:00:01Z' } },
    { code: 'coupon_member_cap_reached', parts: { wallet: walletWith(2, 2024) }, terms: { perMember: 2 } },
    { code: 'issue', parts: { wallet: walletWith(1, 2024) }, terms: { perMember: 2 } },
    {
      code: 'coupon_member_cap_reached',
      parts: { wallet: walletWith(1, 2026) },
      terms: { perMember: 1, perMemberPeriod: 'year' as const },
    },
    {
      code: 'issue',
      parts: { wallet: walletWith(1, 2025) },
      terms: { perMember: 1, perMemberPeriod: 'year' as const },
    },
  ])('$code: $terms', ({ code: expected, parts, terms }) => {
    expect(code(issue(terms, parts))).toBe(expected);
  });

  it("counts for the year of the shop's time zone, unless another is given", () => {
    const policies = always(couponPolicy([definition({ id: 'ten' })], { timeZone: 'Asia/Shanghai' }));
    const command = { couponId: 'c1', memberId: 'ann', definitionId: 'ten' };
    const known = { coupon: newCoupon('c1'), wallet: newWallet('ann') };
    const newYear = at('2025-12-31T16:00:00Z');
    expect(decideIssue(known, command, policies, newYear)).toMatchObject({ coupon: { issued: { year: 2026 } } });
    expect(decideIssue(known, command, policies, newYear - 1)).toMatchObject({ coupon: { issued: { year: 2025 } } });
    expect(decideIssue(known, { ...command, year: 2025 }, policies, newYear)).toMatchObject({
      coupon: { issued: { year: 2025 } },
    });
  });

  it('by the policy that applies at the moment', () => {
    const policies = [
      { fromMs: Number.NEGATIVE_INFINITY, policy: couponPolicy([]) },
      { fromMs: NOW, policy: couponPolicy([definition({ id: 'ten' })]) },
    ] as const;
    const command = { couponId: 'c1', memberId: 'ann', definitionId: 'ten' };
    const known = { coupon: newCoupon('c1'), wallet: newWallet('ann') };
    expect(code(decideIssue(known, command, policies, NOW - 1))).toBe('unknown_coupon');
    expect(code(decideIssue(known, command, policies, NOW))).toBe('issue');
  });

  it('and is used at once by an order that named it before', () => {
    const waiting = { ...newCoupon('c1'), version: 1, orders: [namedBy('o1', '2026-01-09')] };
    const decision = issue({}, { coupon: waiting });
    expect(decision).toMatchObject({ kind: 'issue', coupon: { version: 2 } });
    expect(decision.kind === 'issue' && couponState(decision.coupon, NOW)).toMatchObject({ kind: 'redeemed' });
  });
});

describe('a coupon is held', () => {
  const hold = (record: CouponRecord, { nowMs = NOW, memberId = 'ann', orderId = 'o1', ...rest } = {}) =>
    decideHold(record, { memberId, orderId, ...rest }, nowMs);
  const heldBy = (orderId: string) => issuedCoupon({}, { hold: { orderId, untilMs: NOW + 60_000 } });
  const used = applyOrder(issuedCoupon(), namedBy('o9', '2026-01-06'), NOW);
  const redeemed = used?.kind === 'changed' ? used.coupon : newCoupon('c1');
  const revoked = issuedCoupon({}, { ended: { kind: 'revoked', atMs: NOW } });
  const lines = [{ lineId: '1', net: 400, category: 'Home' }];

  it('for half an hour, at most until it expires', () => {
    expect(hold(issuedCoupon())).toMatchObject({
      kind: 'hold',
      coupon: { hold: { orderId: 'o1', untilMs: NOW + HOLD_MS } },
    });
    expect(hold(issuedCoupon(), { nowMs: END - 1_000 })).toMatchObject({ coupon: { hold: { untilMs: END } } });
  });

  it('again after its hold has lapsed, and by another order', () => {
    expect(hold(heldBy('o2'), { nowMs: NOW + 60_000 })).toMatchObject({
      kind: 'hold',
      coupon: { hold: { orderId: 'o1' } },
    });
  });

  it('with what it takes off', () => {
    expect(decideHold(issuedCoupon(), { memberId: 'ann', orderId: 'o1', lines }, NOW)).toMatchObject({
      kind: 'hold',
      discount: { discount: 400, lines: [{ lineId: '1', discount: 400 }] },
    });
  });

  it.each([
    { code: 'duplicate', record: heldBy('o1'), parts: {} },
    { code: 'unknown_coupon', record: newCoupon('c1'), parts: {} },
    { code: 'unknown_coupon', record: issuedCoupon(), parts: { memberId: 'bob' } },
    { code: 'coupon_revoked', record: revoked, parts: {} },
    { code: 'coupon_redeemed', record: redeemed, parts: {} },
    { code: 'coupon_redeemed', record: redeemed, parts: { orderId: 'o9' } },
    { code: 'coupon_expired', record: issuedCoupon(), parts: { nowMs: END } },
    { code: 'coupon_in_use', record: heldBy('o2'), parts: {} },
    { code: 'coupon_wrong_category', record: issuedCoupon({ categories: ['Food'] }), parts: { lines } },
    { code: 'coupon_below_minimum', record: issuedCoupon({ minimum: 401 }), parts: { lines } },
    { code: 'coupon_without_effect', record: issuedCoupon(), parts: { lines: [{ lineId: '1', net: 0 }] } },
  ])('$code', ({ code: expected, record, parts }) => {
    expect(code(hold(record, parts))).toBe(expected);
  });

  it('only where it can be used, which can be asked without holding it', () => {
    expect(usableCoupon(undefined, 'ann', NOW)).toMatchObject({ code: 'unknown_coupon' });
    expect(usableCoupon(heldBy('o2'), 'ann', NOW, 'o1')).toMatchObject({ code: 'coupon_in_use' });
    expect(usableCoupon(heldBy('o2'), 'ann', NOW, 'o2')).toMatchObject({ kind: 'usable' });
  });
});

describe('a coupon is released', () => {
  const held = issuedCoupon({}, { hold: { orderId: 'o1', untilMs: NOW + 60_000 } });

  it.each([
    { expected: 'release', record: held, orderId: 'o1', memberId: 'ann' },
    { expected: 'coupon_in_use', record: held, orderId: 'o2', memberId: 'ann' },
    { expected: 'duplicate', record: issuedCoupon(), orderId: 'o1', memberId: 'ann' },
    { expected: 'unknown_coupon', record: held, orderId: 'o1', memberId: 'bob' },
    { expected: 'unknown_coupon', record: newCoupon('c1'), orderId: 'o1', memberId: 'ann' },
  ])('$expected', ({ expected, record, orderId, memberId }) => {
    expect(code(decideRelease(record, { memberId, orderId }, NOW))).toBe(expected);
  });

  it('and free again', () => {
    const decision = decideRelease(held, { memberId: 'ann', orderId: 'o1' }, NOW);
    expect(decision.kind === 'release' && couponState(decision.coupon, NOW)).toEqual({ kind: 'issued' });
  });
});

describe('a coupon is taken back', () => {
  const wallet = putIn(newWallet('ann'), { couponId: 'c1', definitionId: 'ten', year: 2026 }).wallet;
  const revoke = (
    coupon: CouponRecord,
    { memberId = 'ann', reason = 'mistake', nowMs = NOW, forgotten = false } = {},
  ) => decideRevoke({ coupon, wallet, reason: forgotten ? undefined : 'mistake' }, { memberId, reason }, nowMs);
  const revoked = issuedCoupon({}, { ended: { kind: 'revoked', atMs: NOW } });
  const used = applyOrder(issuedCoupon(), namedBy('o9', '2026-01-06'), NOW);

  it('with its unit, and counts no longer for the cap', () => {
    expect(revoke(issuedCoupon())).toMatchObject({
      kind: 'changed',
      unitBack: true,
      coupon: { version: 2, ended: { kind: 'revoked', atMs: NOW } },
      wallet: { count: 1, tail: ['c1'], given: { ten: { ever: 0, years: { 2026: 0 } } } },
    });
  });

  it.each([
    { expected: 'changed', record: issuedCoupon({}, { hold: { orderId: 'o1', untilMs: NOW + 1 } }), parts: {} },
    { expected: 'duplicate', record: revoked, parts: {} },
    { expected: 'id_reused', record: revoked, parts: { reason: 'another' } },
    { expected: 'duplicate', record: revoked, parts: { reason: 'another', forgotten: true } },
    { expected: 'unknown_coupon', record: newCoupon('c1'), parts: {} },
    { expected: 'unknown_coupon', record: issuedCoupon(), parts: { memberId: 'bob' } },
    { expected: 'coupon_redeemed', record: used?.kind === 'changed' ? used.coupon : revoked, parts: {} },
    { expected: 'coupon_expired', record: issuedCoupon(), parts: { nowMs: END } },
  ])('$expected', ({ expected, record, parts }) => {
    expect(code(revoke(record, parts))).toBe(expected);
  });
});
