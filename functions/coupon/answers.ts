import * as z from 'zod/mini';
import { offerConsentAnswer } from '../../shared/runtime/consent-answer.ts';
import { listAnswerSchema } from '../../shared/runtime/list.ts';

/** What a coupon is worth, in minor units of the base currency, and since when. */
const receipt = {
  couponId: z.string(),
  definition: z.string(),
  kind: z.enum(['amount', 'percent']),
  amount: z.optional(z.int()),
  percent: z.optional(z.number()),
  limit: z.optional(z.int()),
  minimum: z.optional(z.int()),
  categories: z.optional(z.array(z.string())),
  brands: z.optional(z.array(z.string())),
  issuedAt: z.string(),
  expiresAt: z.optional(z.string()),
  consent: z.optional(offerConsentAnswer),
};

/** `POST /v1/members/{id}/coupons`: the same whenever it is asked for again. */
export const receiptAnswer = z.object(receipt);

/** A coupon as it stands; `unusable` says why it cannot be used, where it cannot. */
const coupon = {
  ...receipt,
  state: z.enum(['issued', 'held', 'redeemed', 'expired', 'revoked']),
  orderId: z.optional(z.string()),
  heldUntil: z.optional(z.string()),
  unusable: z.optional(z.object({ code: z.string(), detail: z.string() })),
};

export const couponAnswer = z.object(coupon);

const lineDiscount = z.object({ lineId: z.string(), discount: z.int() });

/** `POST .../hold`, with what the coupon takes off the lines where there were any. */
export const holdAnswer = z.object({
  ...coupon,
  discount: z.optional(z.object({ amount: z.int(), lines: z.array(lineDiscount), arithmetic: z.string() })),
});

/** `GET /v1/members/{id}/coupons`, newest first. */
export const couponsAnswer = listAnswerSchema(couponAnswer);

/** A cursor says how many of the member's coupons, counted from the first, are still to come. */
export const couponsCursor = z.object({ below: z.int().check(z.gte(1)) });

/** `GET /v1/orders/{id}/coupons`. */
export const orderCouponsAnswer = z.object({
  orderId: z.string(),
  items: z.array(
    z.object({
      couponId: z.string(),
      outcome: z.enum(['redeemed', 'returned', 'refused']),
      code: z.optional(z.string()),
      detail: z.optional(z.string()),
    }),
  ),
});
