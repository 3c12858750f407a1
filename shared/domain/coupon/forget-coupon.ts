import { ERASED } from '../privacy/erased.ts';
import {
  type CouponChange,
  type CouponEnd,
  type CouponRecord,
  type CouponState,
  couponState,
  isIssued,
} from './coupon.ts';

/**
 * A coupon whose member has been erased: nobody's, so that it is never used again. One that was open goes back to the pool. Undefined where
 * that has been done before.
 */
export function forgetCoupon(record: CouponRecord, nowMs: number): CouponChange | undefined {
  if (!isIssued(record) || record.issued.memberId === ERASED) return undefined;
  const { memberId } = record.issued;
  const { kind } = couponState(record, nowMs);
  const unitBack = record.ended === undefined && kind !== 'redeemed';
  // What is kept of orders is by whose it was: of the same nobody.
  const orders = record.orders.map((it) => (it.memberId === memberId ? { ...it, memberId: ERASED } : it));
  const coupon: CouponRecord = {
    ...record,
    version: record.version + 1,
    issued: { ...record.issued, memberId: ERASED },
    orders,
    ...(unitBack && { ended: endOf(kind, nowMs) }),
  };
  return { kind: 'changed', coupon, unitBack };
}

function endOf(kind: CouponState['kind'], atMs: number): CouponEnd {
  return { kind: kind === 'expired' ? kind : 'revoked', atMs };
}
