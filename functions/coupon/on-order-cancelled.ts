import { orderCancelled } from '../../events/order/order-cancelled.v1.ts';
import { namesNoCoupons } from '../../shared/domain/coupon/order-coupons.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';
import { openCoupons } from './coupon-reaction.ts';
import { recordOrder } from './record-order.ts';

/** A cancellation does not say whether its order named coupons: one read tells, and for most that is all there is to do. */
export const handler = queueHandler(
  orderCancelled,
  openCoupons,
  async ({ id: eventId, time, data }, { coupons }, { nowMs, log }) => {
    if (namesNoCoupons(await coupons.loadWholeOrder(data.orderId))) return;
    const fact = { kind: 'cancelled', eventId, atMs: Date.parse(time) } as const;
    await recordOrder(data.orderId, fact, { coupons, nowMs, log });
  },
  { serialKey: ({ data }) => data.orderId },
);
