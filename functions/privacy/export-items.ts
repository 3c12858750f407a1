import * as z from 'zod/mini';

/** A fact as it was told or decided, with all that was kept of it. */
const fact = z.object({ kind: z.string(), eventId: z.string(), at: z.string(), data: z.unknown() });
const happened = z.object({ eventId: z.string(), kind: z.string(), productId: z.string(), at: z.string() });

/** A value with the event that said it, and when; of a consent also which text the member has agreed to. */
export const said = z.object({
  field: z.string(),
  value: z.unknown(),
  at: z.string(),
  eventId: z.string(),
  statementVersion: z.optional(z.string()),
});

export const order = z.object({ orderId: z.string(), facts: z.array(fact) });

/** What moved points beside orders: a check-in, a redemption, an adjustment, a review, a referral. */
export const cause = z.object({ causeId: z.string(), facts: z.array(fact), receipts: z.optional(z.unknown()) });

/** What recommendations rest on. Ids of events are shortened there. */
export const history = z.object({
  owner: z.object({ kind: z.enum(['member', 'visitor']), id: z.string() }),
  interactions: z.array(happened),
  purchases: z.array(happened),
  shown: z.array(z.object({ recommendationId: z.string(), productIds: z.array(z.string()), at: z.string() })),
});

/** An anonymous visitor that the member turned out to be. */
export const visitor = z.object({
  anonymousId: z.string(),
  identifications: z.array(z.object({ eventId: z.string(), at: z.string() })),
  orderIds: z.array(z.string()),
});

/** A text of the vault, by the event or command that brought it. */
export const text = z.object({ eventId: z.string(), content: z.unknown() });

/** An event of the member that was refused, and why. */
export const refusedEvent = z.object({
  eventId: z.string(),
  type: z.string(),
  since: z.string(),
  reason: z.string(),
});

export const rests = z.object({ store: z.string(), what: z.string(), count: z.optional(z.int()) });
