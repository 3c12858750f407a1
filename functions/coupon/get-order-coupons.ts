import * as z from 'zod/mini';
import { orderIdSchema } from '../../events/ids.ts';
import { couponOrders, orderOutcomes } from '../../shared/domain/coupon/order-coupons.ts';
import { Problem } from '../../shared/runtime/errors.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { orderCouponsAnswer } from './answers.ts';
import type { CouponStores } from './stores.ts';

export const getOrderCoupons = defineRoute({
  method: 'GET',
  path: '/v1/orders/{id}/coupons',
  summary: 'What became of the coupons that an order names; a refused one has its reason.',
  access: { kind: 'service', scopes: ['members:read', 'desk'] },
  pathSchema: z.object({ id: orderIdSchema }),
  answers: { 200: { description: 'Each coupon with its outcome.', schema: orderCouponsAnswer } },
  problems: ['invalid_request', 'not_found'],
  async handle({ path }, { coupons }: CouponStores) {
    const order = await coupons.loadOrder(path.id);
    if (order === undefined || order.placings.length === 0) {
      throw new Problem('not_found', 'No order of this id names coupons.');
    }
    const outcomes = orderOutcomes(order, await coupons.loadCoupons([...couponOrders(order).keys()]));
    const items = outcomes.map(({ kind, ...rest }) => ({ ...rest, outcome: kind }));
    return { status: 200, body: { orderId: path.id, items } };
  },
});
