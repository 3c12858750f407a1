import * as z from 'zod/mini';
import { couponIdSchema, memberIdSchema, orderIdSchema } from '../../events/ids.ts';
import { newCoupon } from '../../shared/domain/coupon/coupon.ts';
import { couponView } from '../../shared/domain/coupon/coupon-view.ts';
import { decideRelease } from '../../shared/domain/coupon/decide-coupon.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { couponAnswer } from './answers.ts';
import { accepted, decideAnew } from './refusals.ts';
import type { CouponStores } from './stores.ts';

export const postRelease = defineRoute({
  method: 'POST',
  path: '/v1/members/{id}/coupons/{couponId}/release',
  summary: 'Lets go of a coupon that a checkout held; where it is not held, nothing changes.',
  access: { kind: 'member', scopes: ['members:write'], memberParameter: 'id' },
  pathSchema: z.object({ id: memberIdSchema, couponId: couponIdSchema }),
  bodySchema: z.strictObject({ orderId: orderIdSchema }),
  answers: { 200: { description: 'The coupon as it stands.', schema: couponAnswer } },
  problems: ['invalid_request', 'unknown_coupon', 'coupon_in_use'],
  async handle({ path, body, nowMs }, { coupons }: CouponStores) {
    const { coupon } = await decideAnew(async () => {
      const known = (await coupons.loadCoupons([path.couponId])).get(path.couponId) ?? newCoupon(path.couponId);
      const decision = accepted(decideRelease(known, { memberId: path.id, orderId: body.orderId }, nowMs));
      if (decision.kind === 'release') await coupons.saveCoupon({ coupon: decision.coupon, unitBack: false });
      return decision;
    });
    return { status: 200, body: couponView(coupon, nowMs) };
  },
});
