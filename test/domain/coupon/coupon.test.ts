import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyOrder,
  type CouponOrder,
  type CouponRecord,
  couponState,
  couponUses,
  decideExpiry,
  EXPIRY_GRACE_MS,
  expiresAtMs,
  newCoupon,
  ORDERS_PER_COUPON_LIMIT,
} from '../../../shared/domain/coupon/coupon.ts';
import { at, issuedCoupon, namedBy } from '../../support/coupon-shop.ts';

const JANUARY = at('2026-01-20');

/** The coupon after these orders have come to be known, in this order, each at its placing or cancellation. */
function told<Coupon extends CouponRecord>(coupon: Coupon, ...orders: CouponOrder[]): Coupon {
  return orders.reduce<CouponRecord>((record, order) => {
    const change = applyOrder(record, order, order.cancelledAtMs ?? order.placedAtMs ?? JANUARY);
    return change?.kind === 'changed' ? change.coupon : record;
  }, coupon) as Coupon;
}

const outcomes = (coupon: CouponRecord) =>
  couponUses(coupon).map((use) => [use.orderId, use.kind === 'refused' ? use.code : use.kind]);

describe('when a coupon expires', () => {
  it.each([
    { terms: { validDays: 30 }, end: '2026-02-04' },
    { terms: { validDays: 30, until: '2026-01-31T12:00:00Z' }, end: '2026-01-31T12:00:00Z' },
    { terms: { validDays: 3, until: '2026-01-31T12:00:00Z' }, end: '2026-01-08' },
    { terms: { validDays: undefined, until: '2026-01-31T12:00:00+02:00' }, end: '2026-01-31T10:00:00Z' },
  ])('$terms: $end', ({ terms, end }) => {
    const { issued } = issuedCoupon(terms as never);
    expect(expiresAtMs(issued)).toBe(at(end));
  });

  it('never, without an end of either kind', () => {
    const coupon = issuedCoupon({ validDays: undefined } as never);
    expect(expiresAtMs(coupon.issued)).toBeUndefined();
    expect(couponState(coupon, at('2126-01-05'))).toEqual({ kind: 'issued' });
    expect(decideExpiry(coupon, at('2126-01-05'))).toBeUndefined();
  });

  it('is the first instant at which it cannot be used', () => {
    const coupon = issuedCoupon();
    const end = at('2026-02-04');
    expect(couponState(coupon, end - 1)).toEqual({ kind: 'issued' });
    expect(couponState(coupon, end)).toEqual({ kind: 'expired', sinceMs: end });
    expect(outcomes(told(coupon, namedBy('o1', '2026-02-03T23:59:59.999Z')))).toEqual([['o1', 'redeemed']]);
    expect(outcomes(told(coupon, namedBy('o1', '2026-02-04')))).toEqual([['o1', 'coupon_expired']]);
  });
});

describe('a hold', () => {
  const held = issuedCoupon({}, { hold: { orderId: 'o1', untilMs: at('2026-01-06T10:30:00Z') } });

  it('lapses by itself', () => {
    expect(couponState(held, at('2026-01-06T10:29:59.999Z'))).toMatchObject({ kind: 'held', orderId: 'o1' });
    expect(couponState(held, at('2026-01-06T10:30:00Z'))).toEqual({ kind: 'issued' });
  });

  it('is over when its order is placed, also where that is cancelled at once', () => {
    const cancelled = namedBy('o1', '2026-01-06T10:01:00Z', { cancelledAt: '2026-01-06T10:02:00Z' });
    expect(couponState(told(held, namedBy('o1', '2026-01-06T10:01:00Z')), at('2026-01-06T10:02:00Z'))).toMatchObject({
      kind: 'redeemed',
      orderId: 'o1',
    });
    expect(couponState(told(held, cancelled), at('2026-01-06T10:03:00Z'))).toEqual({ kind: 'issued' });
  });

  it('does not stand against an order that has been placed', () => {
    const coupon = told(held, namedBy('o2', '2026-01-06T10:01:00Z'), namedBy('o1', '2026-01-06T10:02:00Z'));
    expect(outcomes(coupon)).toEqual([
      ['o2', 'redeemed'],
      ['o1', 'coupon_redeemed'],
    ]);
  });
});

describe('an order', () => {
  const coupon = issuedCoupon();

  it('has the coupon from its placing to its cancellation', () => {
    expect(outcomes(told(coupon, namedBy('o1', '2026-01-06')))).toEqual([['o1', 'redeemed']]);
    const returned = told(coupon, namedBy('o1', '2026-01-06', { cancelledAt: '2026-01-07' }));
    expect(couponUses(returned)).toEqual([
      { kind: 'returned', orderId: 'o1', atMs: at('2026-01-06'), returnedAtMs: at('2026-01-07') },
    ]);
    expect(couponState(returned, at('2026-01-08'))).toEqual({ kind: 'issued' });
  });

  it('may use what another has returned, not what another has', () => {
    const first = namedBy('o1', '2026-01-06', { cancelledAt: '2026-01-08' });
    expect(outcomes(told(coupon, first, namedBy('o2', '2026-01-07'), namedBy('o3', '2026-01-08')))).toEqual([
      ['o1', 'returned'],
      ['o2', 'coupon_redeemed'],
      ['o3', 'redeemed'],
    ]);
  });

  it('placed earlier has the coupon, whichever becomes known first', () => {
    const [early, late] = [namedBy('o2', '2026-01-06'), namedBy('o1', '2026-01-07')];
    const expected = [
      ['o2', 'redeemed'],
      ['o1', 'coupon_redeemed'],
    ];
    expect(outcomes(told(coupon, early, late))).toEqual(expected);
    expect(outcomes(told(coupon, late, early))).toEqual(expected);
  });

  it('cancelled before it was placed uses nothing up', () => {
    const order = namedBy('o1', '2026-01-07', { cancelledAt: '2026-01-06' });
    expect(outcomes(told(coupon, order, namedBy('o2', '2026-01-07')))).toEqual([
      ['o1', 'returned'],
      ['o2', 'redeemed'],
    ]);
  });

  it('dated before the coupon was issued counts from there', () => {
    expect(couponUses(told(coupon, namedBy('o1', '2026-01-01')))).toMatchObject([
      { kind: 'redeemed', atMs: at('2026-01-05') },
    ]);
  });

  it.each([
    { whose: 'another member', memberId: 'bob' },
    { whose: 'a guest', memberId: undefined },
  ])('of $whose leaves no trace in the coupon', ({ memberId }) => {
    expect(applyOrder(coupon, { ...namedBy('o1', '2026-01-06'), memberId }, JANUARY)).toBeUndefined();
  });

  it('waits as a fact where the coupon is not issued yet', () => {
    const { issued } = coupon;
    const waiting = told<CouponRecord>(
      newCoupon('c1'),
      namedBy('o1', '2026-01-06'),
      namedBy('o2', '2026-01-07', { memberId: 'bob' }),
    );
    expect(outcomes(waiting)).toEqual([
      ['o1', 'unknown_coupon'],
      ['o2', 'unknown_coupon'],
    ]);
    expect(outcomes({ ...waiting, issued })).toEqual([
      ['o1', 'redeemed'],
      ['o2', 'coupon_of_other_member'],
    ]);
  });

  it('of which more is known already changes nothing', () => {
    const known = told(coupon, namedBy('o1', '2026-01-06', { version: 2, cancelledAt: '2026-01-07' }));
    expect(applyOrder(known, namedBy('o1', '2026-01-06', { version: 1 }), JANUARY)).toBeUndefined();
    expect(applyOrder(known, namedBy('o1', '2026-01-06', { version: 2 }), JANUARY)).toBeUndefined();
  });

  it('is refused where too many have named the coupon', () => {
    const orders = Array.from({ length: ORDERS_PER_COUPON_LIMIT }, (_, n) => namedBy(`o${n}`, '2026-01-06'));
    expect(applyOrder({ ...coupon, orders }, namedBy('one-more', '2026-01-06'), JANUARY)).toEqual({
      kind: 'refused',
      code: 'too_many_facts',
      detail: 'Coupon c1 has been named by 50 orders already.',
    });
    expect(applyOrder({ ...coupon, orders }, namedBy('o7', '2026-01-06', { version: 2 }), JANUARY)?.kind).toBe(
      'changed',
    );
  });
});

describe('the unit of an expired coupon', () => {
  const end = at('2026-02-04');

  it('goes back once, after an hour for orders that come late', () => {
    const coupon = issuedCoupon();
    expect(decideExpiry(coupon, end + EXPIRY_GRACE_MS - 1)).toBeUndefined();
    const change = decideExpiry(coupon, end + EXPIRY_GRACE_MS);
    expect(change).toMatchObject({ unitBack: true, coupon: { version: 2, ended: { kind: 'expired' } } });
    expect(decideExpiry(change!.coupon, end + 2 * EXPIRY_GRACE_MS)).toBeUndefined();
  });

  it('stays out for that hour also where an order has come too late, for one that was placed in time', () => {
    const refused = told(issuedCoupon(), namedBy('o2', '2026-02-04T00:01:00Z'));
    expect(refused.ended).toBeUndefined();
    const change = applyOrder(refused, namedBy('o1', '2026-02-03T23:59:00Z'), end + 120_000);
    expect(change?.kind === 'changed' && outcomes(change.coupon)).toEqual([
      ['o1', 'redeemed'],
      ['o2', 'coupon_redeemed'],
    ]);
  });

  it('stays out with the order that has the coupon', () => {
    const redeemed = told(issuedCoupon(), namedBy('o1', '2026-01-06'));
    expect(decideExpiry(redeemed, end + EXPIRY_GRACE_MS)).toBeUndefined();
  });

  it('goes back with the cancellation that frees it', () => {
    const redeemed = told(issuedCoupon(), namedBy('o1', '2026-01-06'));
    const late = namedBy('o1', '2026-01-06', { version: 2, cancelledAt: '2026-03-01' });
    expect(applyOrder(redeemed, late, at('2026-03-01'))).toMatchObject({
      unitBack: true,
      coupon: { ended: { kind: 'expired', atMs: at('2026-03-01') } },
    });
    const early = namedBy('o1', '2026-01-06', { version: 2, cancelledAt: '2026-01-07' });
    expect(applyOrder(redeemed, early, at('2026-01-07'))).toMatchObject({ unitBack: false });
  });

  it.each([
    { kind: 'expired', ended: { kind: 'expired', atMs: end + EXPIRY_GRACE_MS } },
    { kind: 'revoked', ended: { kind: 'revoked', atMs: at('2026-01-10'), reason: 'mistake' } },
  ] as const)('that has gone back is not redeemed by what comes after it was $kind', ({ kind, ended }) => {
    const late = told(issuedCoupon({}, { ended }), namedBy('o1', '2026-01-06'));
    expect(outcomes(late)).toEqual([['o1', `coupon_${kind}`]]);
    expect(couponState(late, end).kind).toBe(kind);
    expect(applyOrder(late, namedBy('o1', '2026-01-06', { version: 2, cancelledAt: '2026-01-07' }), end)).toMatchObject(
      {
        unitBack: false,
      },
    );
  });
});

it('the state is the same whatever the order in which the facts come, and however often', () => {
  const day = fc.integer({ min: 1, max: 28 });
  const order = fc.record({
    orderId: fc.constantFrom('o1', 'o2', 'o3', 'o4'),
    memberId: fc.constantFrom('ann', 'ann', 'ann', 'bob'),
    placed: day,
    cancelled: fc.option(day, { nil: undefined }),
  });
  const shuffled = fc
    .uniqueArray(order, { selector: (it) => it.orderId, maxLength: 4 })
    .map((orders) =>
      orders.flatMap(({ orderId, memberId, placed, cancelled }) => {
        const known = { orderId, memberId, placedAtMs: at('2026-01-01') + placed * 86_400_000 };
        const ended = cancelled && { ...known, version: 2, cancelledAtMs: at('2026-01-01') + cancelled * 86_400_000 };
        return [{ ...known, version: 1 }, ...(ended ? [ended] : [])] as CouponOrder[];
      }),
    )
    .chain((facts) =>
      fc.record({
        facts: fc.constant(facts),
        arrival: fc.shuffledSubarray(facts, { minLength: facts.length }),
        again: fc.shuffledSubarray(facts),
      }),
    );
  fc.assert(
    fc.property(shuffled, ({ facts, arrival, again }) => {
      const coupon = issuedCoupon({ validDays: 60 } as never);
      const apply = (record: CouponRecord, entry: CouponOrder) => {
        const change = applyOrder(record, entry, JANUARY);
        return change?.kind === 'changed' ? change.coupon : record;
      };
      const one = facts.reduce(apply, coupon as CouponRecord);
      const other = [...arrival, ...again].reduce(apply, coupon as CouponRecord);
      expect({ ...other, version: 0 }).toEqual({ ...one, version: 0 });
      expect(couponUses(other)).toEqual(couponUses(one));
      expect(couponUses(one).filter((use) => use.kind === 'redeemed').length).toBeLessThanOrEqual(1);
    }),
  );
});
