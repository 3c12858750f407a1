import * as z from 'zod/mini';
import { attentionPositionSchema, listAnswerSchema } from '../../shared/runtime/list.ts';

/** One line of a ledger. */
export const ledgerLine = z.object({
  entryId: z.string(),
  kind: z.enum(['earn', 'available', 'reverse', 'redeem', 'refund', 'expire', 'adjust']),
  points: z.int(),
  state: z.enum(['pending', 'available', 'debt']),
  at: z.string(),
  availableAt: z.optional(z.string()),
  expiresAt: z.optional(z.string()),
  corrects: z.optional(z.string()),
  cause: z.object({ eventId: z.string(), type: z.string(), subject: z.string() }),
  rule: z.object({ id: z.string(), policyVersion: z.string(), arithmetic: z.string() }),
});

/** `GET /v1/members/{id}/ledger`, newest first. */
export const ledgerAnswer = listAnswerSchema(ledgerLine);

export const ledgerCursor = z.object({
  belowSeq: z.int(),
  page: z.optional(z.int().check(z.gte(1))),
  due: z.optional(z.object({ asOfMs: z.int(), afterId: z.string(), afterMs: z.int() })),
});

/** `GET /v1/shop`: what the shop knows of orders that are nobody's. Money in minor units of the base currency. */
export const shopAnswer = z.object({
  currency: z.string(),
  policyVersion: z.string(),
  guests: z.object({
    orders: z.int(),
    completed: z.int(),
    cancelled: z.int(),
    spend: z.int(),
    returned: z.int(),
    unitsReturned: z.int(),
  }),
});

export const deskOrderState = z.enum(['waiting', 'refused']);

/** `GET /v1/desk/orders`. */
export const deskOrdersAnswer = listAnswerSchema(
  z.object({
    orderId: z.string(),
    state: deskOrderState,
    since: z.string(),
    facts: z.array(z.object({ eventId: z.string(), type: z.string(), at: z.string() })),
    refused: z.array(z.object({ eventId: z.string(), code: z.string(), detail: z.string() })),
  }),
);

/** A cursor of this list holds for the state it was given with. */
export const deskOrdersCursor = z.object({ state: deskOrderState, position: attentionPositionSchema });
