import * as z from 'zod/mini';

export const reviewerAnswer = z.object({
  memberId: z.string(),
  credit: z.number(),
  level: z.string(),
  weight: z.number(),
  privileges: z.array(z.string()),
  bannedUntil: z.optional(z.string()),
  penalties: z.array(z.object({ at: z.string(), code: z.string(), points: z.number(), reviewId: z.string() })),
  reasons: z.array(z.object({ code: z.string(), value: z.number(), contribution: z.number() })),
  reviews: z.object({ published: z.int(), held: z.int(), rejected: z.int(), others: z.int() }),
  formulaVersion: z.string(),
  formula: z.string(),
  policyVersion: z.string(),
});
