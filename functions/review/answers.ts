import * as z from 'zod/mini';
import { attentionPositionSchema, listAnswerSchema } from '../../shared/runtime/list.ts';

const ratings = z.object({
  product: z.int(),
  service: z.optional(z.int()),
  logistics: z.optional(z.int()),
});

export const publicReviewsAnswer = listAnswerSchema(
  z.object({
    reviewId: z.string(),
    /** The name the author has given, or `anonymous`. */
    author: z.string(),
    at: z.string(),
    ratings,
    title: z.optional(z.string()),
    text: z.optional(z.string()),
    verifiedPurchase: z.boolean(),
    /** Points or something else were given for it. */
    incentivised: z.boolean(),
    weight: z.number(),
    votes: z.object({ helpful: z.int(), unhelpful: z.int() }),
    mediaCount: z.int(),
    language: z.optional(z.string()),
    topics: z.array(z.string()),
    sentiment: z.optional(z.object({ label: z.enum(['positive', 'neutral', 'negative']), score: z.number() })),
  }),
);

/** Where a listing of a product's reviews stands: in which of its parts, and per shard the last key it has given. */
export const reviewsCursor = z.object({
  sort: z.enum(['helpful', 'newest']),
  part: z.enum(['helpful', 'newest']),
  after: z.array(z.nullable(z.string())),
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
