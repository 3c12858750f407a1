import { orderPlaced } from '../../events/order/order-placed.v1.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';
import { openCoupons } from './coupon-reaction.ts';
import { recordOrder } from './record-order.ts';

/** The rule lets through the orders that name coupons, and no others. */
export const handler = queueHandler(
  orderPlaced,
  openCoupons,
  async ({ id: eventId, time, data }, { coupons }, { nowMs, log }) => {
    const { orderId, memberId } = data;
    const couponIds = [...new Set(data.couponIds)];
    if (couponIds.length === 0) return;
    const fact = { kind: 'placed', eventId, atMs: Date.parse(time), memberId, couponIds } as const;
    await recordOrder(orderId, fact, { coupons, nowMs, log });
  },
  { serialKey: ({ data }) => data.orderId },
);
