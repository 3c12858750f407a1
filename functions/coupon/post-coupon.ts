import * as z from 'zod/mini';
import { couponIdSchema, ID_PATTERN, memberIdSchema } from '../../events/ids.ts';
import { couponReceipt } from '../../shared/domain/coupon/coupon-view.ts';
import { presentMs } from '../../shared/policy/policies.ts';
import { Problem } from '../../shared/runtime/errors.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { receiptAnswer } from './answers.ts';
import { issueCoupon } from './issue-coupon.ts';
import { accepted, decideAnew } from './refusals.ts';
import type { CouponStores } from './stores.ts';

export const postCoupon = defineRoute({
  method: 'POST',
  path: '/v1/members/{id}/coupons',
  summary: 'Gives a member one unit of a coupon that the policy defines, within its budget and the cap per member.',
  access: { kind: 'service', scopes: ['members:write'] },
  pathSchema: z.object({ id: memberIdSchema }),
  bodySchema: z.strictObject({
    couponId: couponIdSchema,
    /** The id of a definition in the policy. */
    definition: z.string().check(z.regex(ID_PATTERN)),
  }),
  answers: { 201: { description: 'The coupon, also where it was given before.', schema: receiptAnswer } },
  problems: [
    'invalid_request',
    'not_found',
    'unknown_coupon',
    'id_reused',
    'coupon_not_yet_valid',
    'coupon_expired',
    'coupon_member_cap_reached',
    'coupon_budget_exhausted',
  ],
  async handle({ path, body, nowMs }, { coupons, policies: source }: CouponStores) {
    const command = { couponId: body.couponId, memberId: path.id, definitionId: body.definition };
    const policies = await source.load();
    const outcome = await decideAnew(() =>
      issueCoupon(command, { coupons, policies, nowMs: presentMs(policies, nowMs) }),
    );
    if (outcome.kind === 'unknown_member') throw new Problem('not_found', 'The shop knows no member of this id.');
    return { status: 201, body: couponReceipt(accepted(outcome).coupon) };
  },
});
