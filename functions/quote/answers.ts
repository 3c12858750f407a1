import * as z from 'zod/mini';

const why = z.object({
  code: z.enum(['tier_discount', 'coupon', 'period']),
  text: z.string(),
  amount: z.optional(z.int()),
});

/** `POST /v1/quotes`. Money in minor units of the currency asked for. */
export const quoteAnswer = z.object({
  currency: z.string(),
  policyVersion: z.string(),
  lines: z.array(
    z.object({
      lineId: z.string(),
      price: z.int(),
      memberPrice: z.int(),
      couponDiscount: z.int(),
      net: z.int(),
      pointsToEarn: z.int(),
      why: z.array(why),
    }),
  ),
  total: z.object({ price: z.int(), memberDiscount: z.int(), couponDiscount: z.int(), net: z.int() }),
  coupons: z.array(
    z.object({
      couponId: z.string(),
      applies: z.boolean(),
      discount: z.optional(z.int()),
      code: z.optional(z.string()),
      detail: z.optional(z.string()),
    }),
  ),
  pointsToEarn: z.int(),
  earning: z.object({ pointsIfMember: z.optional(z.int()), arithmetic: z.string(), detail: z.string() }),
  redeemable: z.object({ points: z.int(), amount: z.int(), detail: z.string() }),
  /** The tier now, and the one that the order would bring once it is completed. */
  tier: z.optional(
    z.object({
      now: z.string(),
      after: z.string(),
      next: z.optional(z.object({ id: z.string(), remaining: z.int() })),
    }),
  ),
});
