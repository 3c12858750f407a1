import type { CouponDefinition } from '../../policy/coupon-schema.ts';
import { DAY_MS } from '../calendar/calendar.ts';
import type { ConsentProof } from '../member/consent.ts';

/** That a unit was given to a member, under the definition of that moment: what a member was promised stays so. */
export type CouponIssue = {
  memberId: string;
  definition: CouponDefinition;
  issuedAtMs: number;
  /** The calendar year whose cap the unit counts for. */
  year: number;
  policyStamp: string;
  /** The consent that the shop relied on where it gave the unit by itself. */
  consent?: { marketing: ConsentProof } | undefined;
};

/** A checkout that keeps the unit to itself for a while. */
export type CouponHold = { orderId: string; untilMs: number };

/** What is known of one order that named the coupon; without `placedAtMs` it turned out not to. */
export type CouponOrder = {
  orderId: string;
  /** The version of the order's own record that this was taken from: an older one changes nothing. */
  version: number;
  memberId?: string | undefined;
  placedAtMs?: number | undefined;
  cancelledAtMs?: number | undefined;
};

/** How the unit went back to the pool; why it was taken back stands in the vault. After that the coupon is never used again, whatever comes to be known. */
export type CouponEnd = { kind: 'revoked'; atMs: number } | { kind: 'expired'; atMs: number };

/**
 * All that is kept of one unit of a coupon: facts, from which its state at any instant is computed. Orders that come
 * before the coupon was issued wait as facts too.
 */
export type CouponRecord = {
  couponId: string;
  /** Counts the writes; 0 is a coupon never written. */
  version: number;
  issued?: CouponIssue | undefined;
  hold?: CouponHold | undefined;
  orders: CouponOrder[];
  ended?: CouponEnd | undefined;
};

export type IssuedCoupon = CouponRecord & { issued: CouponIssue };

/** Why an order does not use a coupon that it names, in order of precedence. */
export type UseRefusalCode =
  | 'unknown_coupon'
  | 'coupon_of_other_member'
  | 'coupon_redeemed'
  | 'coupon_expired'
  | 'coupon_revoked';

/** What became of the coupon in one order. */
export type CouponUse =
  | { kind: 'redeemed'; orderId: string; atMs: number }
  | { kind: 'returned'; orderId: string; atMs: number; returnedAtMs: number }
  | { kind: 'refused'; orderId: string; atMs: number; code: UseRefusalCode; detail: string };

/** Facts of one coupon beyond this many orders are refused: a unit is used by one order, and seldom given back. */
export const ORDERS_PER_COUPON_LIMIT = 50;

export function newCoupon(couponId: string): CouponRecord {
  return { couponId, version: 0, orders: [] };
}

export function isIssued(record: CouponRecord | undefined): record is IssuedCoupon {
  return record?.issued !== undefined;
}

/** The instant from which a unit can no longer be used; undefined where it always can. */
export function expiresAtMs({ definition, issuedAtMs }: CouponIssue): number | undefined {
  const { until, validDays } = definition;
  const ends = [
    ...(until === undefined ? [] : [Date.parse(until)]),
    ...(validDays === undefined ? [] : [issuedAtMs + validDays * DAY_MS]),
  ];
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/**
 * What became of the coupon in each order that named it. It depends on the facts alone and not on the order in which
 * they came: the order that was placed first has the coupon until it is cancelled, and whoever names it meanwhile is
 * refused. An order dated before the coupon was issued counts from the issue, a cancellation from the order.
 */
export function couponUses(record: CouponRecord): CouponUse[] {
  const { issued } = record;
  let free = Number.NEGATIVE_INFINITY;
  return inTime(record).map(({ order, atMs }): CouponUse => {
    const { orderId } = order;
    const refused = (code: UseRefusalCode, detail: string): CouponUse => ({
      kind: 'refused',
      orderId,
      atMs,
      code,
      detail,
    });
    if (issued === undefined) return refused('unknown_coupon', 'No coupon of this id has been issued.');
    if (order.memberId !== issued.memberId) return refused('coupon_of_other_member', OTHER_MEMBER);
    if (atMs < free) return refused('coupon_redeemed', 'Another order had used the coupon by then.');
    const endMs = expiresAtMs(issued);
    if (endMs !== undefined && atMs >= endMs) return refused('coupon_expired', 'The coupon had expired by then.');
    if (order.cancelledAtMs === undefined && record.ended !== undefined) {
      return refused(
        `coupon_${record.ended.kind}`,
        `The order became known after the coupon was ${ENDED[record.ended.kind]}.`,
      );
    }
    const returnedAtMs = order.cancelledAtMs === undefined ? undefined : Math.max(order.cancelledAtMs, atMs);
    free = returnedAtMs ?? Number.POSITIVE_INFINITY;
    return returnedAtMs === undefined
      ? { kind: 'redeemed', orderId, atMs }
      : { kind: 'returned', orderId, atMs, returnedAtMs };
  });
}

export const OTHER_MEMBER = "The coupon is not the one of this order's member.";
const ENDED = { revoked: 'taken back', expired: 'given back to the pool' } as const;

function inTime({ issued, orders }: CouponRecord): { order: CouponOrder; atMs: number }[] {
  return orders
    .flatMap((order) => {
      if (order.placedAtMs === undefined) return [];
      return [{ order, atMs: Math.max(order.placedAtMs, issued?.issuedAtMs ?? Number.NEGATIVE_INFINITY) }];
    })
    .sort((a, b) => a.atMs - b.atMs || (a.order.orderId < b.order.orderId ? -1 : 1));
}

export type CouponState =
  | { kind: 'issued' }
  | { kind: 'held'; orderId: string; untilMs: number }
  | { kind: 'redeemed'; orderId: string; sinceMs: number }
  | { kind: 'expired'; sinceMs: number }
  | { kind: 'revoked'; sinceMs: number };

/** Where an issued coupon stands at an instant. That a hold lapses and a coupon expires is computed and not written. */
export function couponState(coupon: IssuedCoupon, nowMs: number): CouponState {
  const use = couponUses(coupon).find((it) => it.kind === 'redeemed');
  if (use !== undefined) return { kind: 'redeemed', orderId: use.orderId, sinceMs: use.atMs };
  const { ended, hold, issued, orders } = coupon;
  if (ended?.kind === 'revoked') return { kind: 'revoked', sinceMs: ended.atMs };
  const endMs = expiresAtMs(issued);
  if (endMs !== undefined && nowMs >= endMs) return { kind: 'expired', sinceMs: endMs };
  if (ended !== undefined) return { kind: 'expired', sinceMs: ended.atMs };
  // A hold is over when it has lapsed, and when its order has been placed, whatever became of that order.
  if (hold === undefined || nowMs >= hold.untilMs || orders.some((it) => it.orderId === hold.orderId)) {
    return { kind: 'issued' };
  }
  return { kind: 'held', ...hold };
}

/** A coupon as it is to be written, and whether its unit goes back to the pool with the same write. */
export type CouponChange = { kind: 'changed'; coupon: CouponRecord; unitBack: boolean };

/** Adds what is known of an order; undefined where that changes nothing. */
export function applyOrder(
  record: CouponRecord,
  order: CouponOrder,
  nowMs: number,
): CouponChange | { kind: 'refused'; code: 'too_many_facts'; detail: string } | undefined {
  // Another member's order is refused by its own record and leaves no trace in this one.
  if (record.issued !== undefined && order.memberId !== record.issued.memberId) return undefined;
  const known = record.orders.find((it) => it.orderId === order.orderId);
  if (known !== undefined && known.version >= order.version) return undefined;
  if (known === undefined && record.orders.length >= ORDERS_PER_COUPON_LIMIT) {
    const detail = `Coupon ${record.couponId} has been named by ${ORDERS_PER_COUPON_LIMIT} orders already.`;
    return { kind: 'refused', code: 'too_many_facts', detail };
  }
  const others = record.orders.filter((it) => it.orderId !== order.orderId);
  const orders = [...others, order].sort((a, b) => (a.orderId < b.orderId ? -1 : 1));
  const coupon: CouponRecord = { ...record, version: record.version + 1, orders };
  // While an order had the coupon, nothing has waited for it to expire; so its unit goes back with this very write.
  const freed = isIssued(record) && couponState(record, nowMs).kind === 'redeemed';
  return freed && unitIsDue(coupon, nowMs) ? endExpired(coupon, nowMs) : { kind: 'changed', coupon, unitBack: false };
}

/**
 * How long after its expiry a unit goes back to the pool by itself: an order placed in time may become known later. One
 * that comes later still is refused, because its unit may have been given to somebody else.
 */
export const EXPIRY_GRACE_MS = 3_600_000;

/** Gives the unit of an expired coupon back, once; undefined where there is none to give back. */
export function decideExpiry(record: CouponRecord, nowMs: number): CouponChange | undefined {
  if (!unitIsDue(record, nowMs - EXPIRY_GRACE_MS)) return undefined;
  return endExpired({ ...record, version: record.version + 1 }, nowMs);
}

function endExpired(coupon: CouponRecord, nowMs: number): CouponChange {
  return { kind: 'changed', coupon: { ...coupon, ended: { kind: 'expired', atMs: nowMs } }, unitBack: true };
}

function unitIsDue(record: CouponRecord, nowMs: number): boolean {
  return isIssued(record) && record.ended === undefined && couponState(record, nowMs).kind === 'expired';
}
