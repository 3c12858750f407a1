import * as z from 'zod/mini';
import { attentionPositionSchema, listAnswerSchema } from '../../shared/runtime/list.ts';

export const ratings = z.object({
  product: z.int(),
  service: z.optional(z.int()),
  logistics: z.optional(z.int()),
});

const reason = z.object({ code: z.string(), value: z.optional(z.number()), contribution: z.optional(z.number()) });

export const reviewDetailsAnswer = z.object({
  reviewId: z.string(),
  state: z.enum(['waiting', 'held', 'published', 'rejected', 'replaced', 'removed']),
  memberId: z.optional(z.string()),
  productId: z.optional(z.string()),
  at: z.optional(z.string()),
  ratings: z.optional(ratings),
  title: z.optional(z.string()),
  text: z.optional(z.string()),
  since: z.optional(z.string()),
  by: z.optional(z.string()),
  /** The contributions of an assessment add up to the logit of `suspicion`. */
  reasons: z.optional(z.array(reason)),
  suspicion: z.optional(z.number()),
  purchase: z.optional(z.string()),
  verifiedPurchase: z.optional(z.boolean()),
  incentivised: z.optional(z.boolean()),
  weight: z.optional(z.number()),
  weightParts: z.optional(z.array(z.object({ code: z.string(), factor: z.number() }))),
  policyVersion: z.optional(z.string()),
  appealed: z.boolean(),
  history: z.array(
    z.object({
      kind: z.string(),
      at: z.string(),
      eventId: z.string(),
      reason: z.optional(z.string()),
      verdict: z.optional(z.string()),
      by: z.optional(z.string()),
    }),
  ),
});

export const deskReviewsAnswer = listAnswerSchema(reviewDetailsAnswer);
export const deskReviewsCursor = z.object({ position: attentionPositionSchema });
export const memberReviewsAnswer = listAnswerSchema(reviewDetailsAnswer);
