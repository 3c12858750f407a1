import * as z from 'zod/mini';
import { memberIdSchema, productIdSchema, reviewIdSchema } from '../ids.ts';
import { instantSchema, starsSchema } from '../values.ts';

/** What brought a change about: the event or command, and what it was about. */
export const causeSchema = z.object({ eventId: z.string(), type: z.string(), subject: z.string() });

/** What the three events about a review's way have in common. */
export const reviewOutcome = {
  reviewId: reviewIdSchema,
  memberId: memberIdSchema,
  productId: productIdSchema,
  stars: starsSchema,
  at: instantSchema,
  /** Who decided: the assessment of all reviews, or a person at the desk. */
  by: z.enum(['assessment', 'desk', 'policy']),
  /** Why, as stable codes with the strongest first. */
  reasons: z.array(z.object({ code: z.string(), contribution: z.optional(z.number()) })),
  /** Whether the author's points for the product go by this review: it is the author's latest of it. */
  rewarded: z.boolean(),
  /** Points that the rejection costs the author by now, beside those that had been paid for the review; 0 once it is lifted. */
  penalty: z.optional(z.int().check(z.gte(0))),
  cause: causeSchema,
  policyVersion: z.string(),
};

export const reviewOutcomeSample = {
  reviewId: 'rev-1',
  memberId: 'mem-1',
  productId: 'teapot',
  stars: 5,
  at: '2026-01-20T10:00:00Z',
  by: 'assessment' as const,
  reasons: [],
  rewarded: true,
  cause: { eventId: 'evt-9', type: 'review.submitted.v1', subject: 'rev-1' },
  policyVersion: '1',
};
