import * as z from 'zod/mini';

/** A consent in an answer. */
export const consentAnswer = z.object({
  given: z.boolean(),
  /** Which statement the member agreed to or took back. */
  statementVersion: z.optional(z.string()),
  since: z.optional(z.string()),
  eventId: z.optional(z.string()),
  /** What the policy says of members who never said anything, where this one has not. */
  withoutStatement: z.optional(z.enum(['allowed', 'refused'])),
});

/** What the shop relied on where it gave a member something by itself. */
export const offerConsentAnswer = z.object({ marketing: consentAnswer });

const statement = z.object({ since: z.string(), eventId: z.string(), statementVersion: z.optional(z.string()) });

/** A member's consents, and what the member has said of each, where anything. */
export const consentsAnswer = z.object({
  personalisation: z.boolean(),
  marketing: z.boolean(),
  statements: z.optional(z.object({ personalisation: z.optional(statement), marketing: z.optional(statement) })),
});
