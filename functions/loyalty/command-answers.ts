import * as z from 'zod/mini';
import { ledgerLine } from './answers.ts';

const balance = z.object({ available: z.int(), pending: z.int(), debt: z.int() });

/** `POST /v1/members/{id}/redemptions`. The value is in minor units of the base currency. */
export const redemptionAnswer = z.object({
  redemptionId: z.string(),
  memberId: z.string(),
  points: z.int(),
  value: z.object({ amount: z.int(), currency: z.string() }),
  orderId: z.optional(z.string()),
  at: z.string(),
  balance,
});

/** `POST /v1/members/{id}/redemptions/{redemptionId}/release`. */
export const releaseAnswer = z.object({ redemptionId: z.string(), released: z.int(), at: z.string(), balance });

/** `POST /v1/members/{id}/adjustments`. */
export const adjustmentAnswer = z.object({
  adjustmentId: z.string(),
  memberId: z.string(),
  points: z.int(),
  reason: z.string(),
  at: z.string(),
  balance,
});

/** `POST /v1/orders/{id}/return-preview`. Money in minor units of the base currency; a guest's order has no account. */
export const previewAnswer = z.object({
  orderId: z.string(),
  memberId: z.optional(z.string()),
  returned: z.object({ net: z.int(), points: z.int(), arithmetic: z.string() }),
  /** The entries that the ledger would have of it. */
  entries: z.optional(z.array(ledgerLine)),
  balance: z.optional(z.object({ before: balance, after: balance })),
  tier: z.optional(z.object({ before: z.string(), after: z.string(), spendAfter: z.int() })),
});
