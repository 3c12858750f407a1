import type { OrderRecord } from '../loyalty/order-facts.ts';
import {
  type CouponOrder,
  type CouponRecord,
  type CouponUse,
  couponUses,
  isIssued,
  OTHER_MEMBER,
  type UseRefusalCode,
} from './coupon.ts';

/** That an order was placed naming coupons, or that it was cancelled. */
export type OrderCouponFact =
  | { kind: 'placed'; eventId: string; atMs: number; memberId?: string | undefined; couponIds: string[] }
  | { kind: 'cancelled'; eventId: string; atMs: number };

type Placing = Omit<Extract<OrderCouponFact, { kind: 'placed' }>, 'kind'>;

/**
 * What bears on coupons of what is known of one order. Only orders that name coupons have one, and orders that were
 * cancelled before anybody knew whether they do.
 */
export type OrderCoupons = {
  orderId: string;
  /** Counts the writes; 0 is a record never written. */
  version: number;
  /** In canonical order: by time, then event id. The first one counts. */
  placings: Placing[];
  /** The earliest cancellation. */
  cancelled?: { eventId: string; atMs: number } | undefined;
};

/** Placings of one order beyond this are refused: an order has one, and at worst some that contradict it. */
export const PLACINGS_LIMIT = 10;

export function newOrderCoupons(orderId: string): OrderCoupons {
  return { orderId, version: 0, placings: [] };
}

export type AddOrderFact =
  | { kind: 'added'; order: OrderCoupons }
  | { kind: 'known' }
  | { kind: 'refused'; code: 'too_many_facts'; detail: string };

/** Adds a fact to those known of an order, whichever comes first. */
export function addOrderFact(order: OrderCoupons, fact: OrderCouponFact): AddOrderFact {
  const version = order.version + 1;
  const { eventId, atMs } = fact;
  if (fact.kind === 'cancelled') {
    const cancelled = { eventId, atMs };
    if (order.cancelled !== undefined && !isBefore(cancelled, order.cancelled)) return { kind: 'known' };
    return { kind: 'added', order: { ...order, version, cancelled } };
  }
  const { memberId, couponIds } = fact;
  const placing: Placing = { eventId, atMs, ...(memberId !== undefined && { memberId }), couponIds };
  const repeats = order.placings.some(
    (it) => it.eventId === eventId || (sameContent(it, placing) && isBefore(it, placing)),
  );
  if (repeats) return { kind: 'known' };
  if (order.placings.length >= PLACINGS_LIMIT) {
    const detail = `Order ${order.orderId} has been placed ${PLACINGS_LIMIT} times already.`;
    return { kind: 'refused', code: 'too_many_facts', detail };
  }
  const placings = [...order.placings, placing].sort((a, b) => (isBefore(a, b) ? -1 : 1));
  return { kind: 'added', order: { ...order, version, placings } };
}

/**
 * Whether a cancellation can be left alone: nobody has named a coupon for this order, and its placing is known to name
 * none. While the placing is not known, the cancellation has to be kept for it.
 */
export function namesNoCoupons(known: { named?: OrderCoupons | undefined; order?: OrderRecord | undefined }): boolean {
  if (known.named !== undefined) return false;
  const placings = (known.order?.facts ?? []).filter((fact) => fact.kind === 'placed');
  return placings.length > 0 && placings.every(({ data }) => (data.couponIds ?? []).length === 0);
}

/** What each coupon that the order ever named has to know of it. */
export function couponOrders(order: OrderCoupons): Map<string, CouponOrder> {
  const { orderId, version, cancelled } = order;
  const [counts] = order.placings;
  const entries = new Map<string, CouponOrder>();
  for (const couponId of order.placings.flatMap((placing) => placing.couponIds)) {
    const { memberId } = counts ?? {};
    const named = counts?.couponIds.includes(couponId) ?? false;
    entries.set(couponId, {
      orderId,
      version,
      ...(memberId !== undefined && { memberId }),
      ...(named && { placedAtMs: counts?.atMs }),
      ...(cancelled !== undefined && { cancelledAtMs: cancelled.atMs }),
    });
  }
  return entries;
}

export type OrderOutcome = { couponId: string } & (
  | { kind: 'redeemed' | 'returned' }
  | { kind: 'refused'; code: UseRefusalCode; detail: string }
);

/** What became of each coupon that an order names, the refused ones with their reasons. */
export function orderOutcomes(order: OrderCoupons, coupons: ReadonlyMap<string, CouponRecord>): OrderOutcome[] {
  return [...couponOrders(order)].flatMap(([couponId, entry]): OrderOutcome[] => {
    if (entry.placedAtMs === undefined) return [];
    const coupon = coupons.get(couponId) ?? { couponId, version: 0, orders: [] };
    const use = useOf(coupon, entry);
    if (use === undefined) return [];
    return [
      use.kind === 'refused'
        ? { couponId, kind: use.kind, code: use.code, detail: use.detail }
        : { couponId, kind: use.kind },
    ];
  });
}

function useOf(coupon: CouponRecord, entry: CouponOrder): CouponUse | undefined {
  const { orderId } = entry;
  if (isIssued(coupon) && coupon.issued.memberId !== entry.memberId) {
    return { kind: 'refused', orderId, atMs: 0, code: 'coupon_of_other_member', detail: OTHER_MEMBER };
  }
  const orders = [...coupon.orders.filter((it) => it.orderId !== orderId), entry];
  return couponUses({ ...coupon, orders }).find((it) => it.orderId === orderId);
}

function isBefore(a: { eventId: string; atMs: number }, b: { eventId: string; atMs: number }): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.eventId < b.eventId);
}

function sameContent(a: Placing, b: Placing): boolean {
  return a.memberId === b.memberId && JSON.stringify(a.couponIds) === JSON.stringify(b.couponIds);
}
