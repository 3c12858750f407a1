import * as z from 'zod/mini';
import { brandIdSchema, couponIdSchema, lineIdSchema, memberIdSchema, orderIdSchema } from '../../events/ids.ts';
import { categorySchema, LIMITS, moneySchema } from '../../events/values.ts';
import { newCoupon } from '../../shared/domain/coupon/coupon.ts';
import { couponView } from '../../shared/domain/coupon/coupon-view.ts';
import { decideHold } from '../../shared/domain/coupon/decide-coupon.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { holdAnswer } from './answers.ts';
import { accepted, decideAnew } from './refusals.ts';
import type { CouponStores } from './stores.ts';

/** A line at checkout; its net is in minor units of the base currency. */
const line = z.strictObject({
  lineId: lineIdSchema,
  net: moneySchema(),
  brandId: z.optional(brandIdSchema),
  category: z.optional(categorySchema),
});

export const postHold = defineRoute({
  method: 'POST',
  path: '/v1/members/{id}/coupons/{couponId}/hold',
  summary: 'Keeps a coupon for an order at checkout; with lines, only where it takes something off them.',
  access: { kind: 'member', scopes: ['members:write'], memberParameter: 'id' },
  pathSchema: z.object({ id: memberIdSchema, couponId: couponIdSchema }),
  bodySchema: z.strictObject({
    orderId: orderIdSchema,
    lines: z.optional(z.array(line).check(z.minLength(1), z.maxLength(LIMITS.linesPerOrder))),
  }),
  answers: { 200: { description: 'The coupon, held for this order, and until when.', schema: holdAnswer } },
  problems: [
    'invalid_request',
    'unknown_coupon',
    'coupon_revoked',
    'coupon_redeemed',
    'coupon_expired',
    'coupon_in_use',
    'coupon_wrong_category',
    'coupon_below_minimum',
    'coupon_without_effect',
  ],
  async handle({ path, body, nowMs }, { coupons }: CouponStores) {
    const { coupon, discount } = await decideAnew(async () => {
      const known = (await coupons.loadCoupons([path.couponId])).get(path.couponId) ?? newCoupon(path.couponId);
      const decision = accepted(decideHold(known, { memberId: path.id, ...body }, nowMs));
      if (decision.kind === 'hold') await coupons.saveCoupon({ coupon: decision.coupon, unitBack: false });
      return decision;
    });
    const off = discount && { amount: discount.discount, lines: discount.lines, arithmetic: discount.arithmetic };
    return { status: 200, body: { ...couponView(coupon, nowMs), ...(off && { discount: off }) } };
  },
});
