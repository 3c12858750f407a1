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
