import * as z from 'zod/mini';
import { couponIdSchema, memberIdSchema } from '../../events/ids.ts';
import { LIMITS } from '../../events/values.ts';
import { newCoupon } from '../../shared/domain/coupon/coupon.ts';
import { couponView } from '../../shared/domain/coupon/coupon-view.ts';
import { decideRevoke } from '../../shared/domain/coupon/decide-coupon.ts';
import { newWallet } from '../../shared/domain/coupon/wallet.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { couponAnswer } from './answers.ts';
import { accepted, decideAnew } from './refusals.ts';
import type { CouponStores } from './stores.ts';

export const postRevoke = defineRoute({
  method: 'POST',
  path: '/v1/members/{id}/coupons/{couponId}/revoke',
  summary: 'Takes a coupon back from a member: its unit returns to the pool and no longer counts for the cap.',
  access: { kind: 'service', scopes: ['members:write', 'desk'] },
  pathSchema: z.object({ id: memberIdSchema, couponId: couponIdSchema }),
  bodySchema: z.strictObject({ reason: z.string().check(z.minLength(1), z.maxLength(LIMITS.textLength)) }),
  answers: { 200: { description: 'The coupon, taken back.', schema: couponAnswer } },
  problems: ['invalid_request', 'unknown_coupon', 'id_reused', 'coupon_redeemed', 'coupon_expired'],
  async handle({ path, body, nowMs }, { coupons }: CouponStores) {
    const { id: memberId, couponId } = path;
    const { coupon } = await decideAnew(async () => {
      const known = await coupons.loadWithWallet(couponId, memberId);
      const { coupon: record = newCoupon(couponId), wallet = newWallet(memberId) } = known;
      const decision = accepted(decideRevoke({ coupon: record, wallet }, { memberId, reason: body.reason }, nowMs));
      if (decision.kind === 'changed') await coupons.saveCoupon(decision);
      return decision;
    });
    return { status: 200, body: couponView(coupon, nowMs) };
  },
});
