import { describe, expect, it } from 'vitest';
import { applyOrder, type CouponRecord } from '../../../shared/domain/coupon/coupon.ts';
import {
  addOrderFact,
  couponOrders,
  namesNoCoupons,
  newOrderCoupons,
  type OrderCouponFact,
  type OrderCoupons,
  orderOutcomes,
  PLACINGS_LIMIT,
} from '../../../shared/domain/coupon/order-coupons.ts';
import type { OrderRecord } from '../../../shared/domain/loyalty/order-facts.ts';
import { at, issuedCoupon, namedBy } from '../../support/coupon-shop.ts';

type Placing = Partial<Extract<OrderCouponFact, { kind: 'placed' }>>;
const placed = (parts: Placing = {}): OrderCouponFact => ({
  kind: 'placed',
  eventId: 'p',
  atMs: at('2026-01-06'),
  memberId: 'ann',
  couponIds: ['c1'],
  ...parts,
});
const cancelled = (time = '2026-01-07', eventId = 'x'): OrderCouponFact => ({
  kind: 'cancelled',
  eventId,
  atMs: at(time),
});

function known(...facts: OrderCouponFact[]): OrderCoupons {
  return facts.reduce((order, fact) => {
    const decision = addOrderFact(order, fact);
    return decision.kind === 'added' ? decision.order : order;
  }, newOrderCoupons('o1'));
}

describe('what is known of an order', () => {
  it('is the same whichever comes first, placing or cancellation', () => {
    const expected = {
      c1: { orderId: 'o1', version: 2, memberId: 'ann', placedAtMs: at('2026-01-06'), cancelledAtMs: at('2026-01-07') },
    };
    expect(Object.fromEntries(couponOrders(known(placed(), cancelled())))).toEqual(expected);
    expect(Object.fromEntries(couponOrders(known(cancelled(), placed())))).toEqual(expected);
  });

  it('changes by nothing that is known already', () => {
    const order = known(placed(), cancelled());
    expect(addOrderFact(order, placed())).toEqual({ kind: 'known' });
    expect(addOrderFact(order, placed({ eventId: 'again', atMs: at('2026-01-08') }))).toEqual({ kind: 'known' });
    expect(addOrderFact(order, cancelled())).toEqual({ kind: 'known' });
    expect(addOrderFact(order, cancelled('2026-01-08', 'later'))).toEqual({ kind: 'known' });
    expect(addOrderFact(order, cancelled('2026-01-06', 'earlier')).kind).toBe('added');
  });

  it('goes by its earliest placing, whichever came first; a coupon of another one is told so', () => {
    const other = placed({ eventId: 'q', atMs: at('2026-01-05'), couponIds: ['c2'] });
    for (const order of [known(placed(), other), known(other, placed())]) {
      const entries = couponOrders(order);
      expect(entries.get('c1')).toEqual({ orderId: 'o1', version: 2, memberId: 'ann' });
      expect(entries.get('c2')).toMatchObject({ placedAtMs: at('2026-01-05') });
    }
  });

  it('has a limit', () => {
    const many = Array.from({ length: PLACINGS_LIMIT }, (_, n) => placed({ eventId: `p${n}`, couponIds: [`c${n}`] }));
    expect(addOrderFact(known(...many), placed({ eventId: 'more', couponIds: ['z'] }))).toEqual({
      kind: 'refused',
      code: 'too_many_facts',
      detail: 'Order o1 has been placed 10 times already.',
    });
  });
});

describe('a cancellation can be left alone', () => {
  const order = (...facts: { kind: string; data: { couponIds?: string[] } }[]) => ({ facts }) as unknown as OrderRecord;
  const plain = { kind: 'placed', data: {} };
  const naming = { kind: 'placed', data: { couponIds: ['c1'] } };

  it.each([
    { what: 'the placing names none', known: { order: order(plain) }, expected: true },
    {
      what: 'the placing names an empty list',
      known: { order: order({ kind: 'placed', data: { couponIds: [] } }) },
      expected: true,
    },
    { what: 'the placing names one', known: { order: order(naming) }, expected: false },
    { what: 'one of two placings names one', known: { order: order(plain, naming) }, expected: false },
    { what: 'the placing is not known', known: { order: order({ kind: 'cancelled', data: {} }) }, expected: false },
    { what: 'nothing is known', known: {}, expected: false },
    { what: 'coupons have been named', known: { named: known(placed()), order: order(plain) }, expected: false },
  ])('$what: $expected', ({ known: all, expected }) => {
    expect(namesNoCoupons(all)).toBe(expected);
  });
});

describe('what became of the coupons of an order', () => {
  const told = (coupon: CouponRecord, order: OrderCoupons) => {
    const change = applyOrder(coupon, couponOrders(order).get(coupon.couponId)!, at('2026-01-06'));
    return new Map([[coupon.couponId, change?.kind === 'changed' ? change.coupon : coupon]]);
  };
  const result = (coupon: CouponRecord, order: OrderCoupons) => orderOutcomes(order, told(coupon, order));

  it('is told, and of a refused one why', () => {
    expect(result(issuedCoupon(), known(placed()))).toEqual([{ couponId: 'c1', kind: 'redeemed' }]);
    expect(result(issuedCoupon(), known(placed(), cancelled()))).toEqual([{ couponId: 'c1', kind: 'returned' }]);
  });

  it.each([
    { code: 'unknown_coupon', coupon: undefined, order: known(placed()) },
    { code: 'coupon_of_other_member', coupon: issuedCoupon(), order: known(placed({ memberId: 'bob' })) },
    { code: 'coupon_of_other_member', coupon: issuedCoupon(), order: known(placed({ memberId: undefined })) },
    {
      code: 'coupon_redeemed',
      coupon: issuedCoupon({}, { orders: [namedBy('o9', '2026-01-05')] }),
      order: known(placed()),
    },
    { code: 'coupon_expired', coupon: issuedCoupon({ validDays: 1 }), order: known(placed()) },
    {
      code: 'coupon_revoked',
      coupon: issuedCoupon({}, { ended: { kind: 'revoked', atMs: 0 } }),
      order: known(placed()),
    },
  ])('$code', ({ code, coupon, order }) => {
    const outcomes = coupon === undefined ? orderOutcomes(order, new Map()) : result(coupon, order);
    expect(outcomes).toEqual([{ couponId: 'c1', kind: 'refused', code, detail: expect.any(String) }]);
  });

  it('is the same before the coupon has been told', () => {
    const order = known(placed());
    expect(orderOutcomes(order, new Map([['c1', issuedCoupon()]]))).toEqual([{ couponId: 'c1', kind: 'redeemed' }]);
  });

  it('leaves out a coupon that only a contradicting placing named', () => {
    const order = known(placed(), placed({ eventId: 'q', atMs: at('2026-01-07'), couponIds: ['c2'] }));
    expect(orderOutcomes(order, new Map()).map((it) => it.couponId)).toEqual(['c1']);
  });
});
