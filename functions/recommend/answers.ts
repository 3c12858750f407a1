import * as z from 'zod/mini';
import { consentAnswer } from '../../shared/runtime/consent-answer.ts';

const reason = z.object({
  code: z.string(),
  /** What it adds to the score, or takes from it. */
  contribution: z.number(),
  text: z.string(),
  /** What of the past speaks for the product. */
  anchor: z.optional(
    z.object({
      productId: z.optional(z.string()),
      category: z.optional(z.string()),
      brandId: z.optional(z.string()),
      kind: z.optional(z.string()),
      at: z.optional(z.string()),
    }),
  ),
});

const fallback = z.object({ from: z.string(), cause: z.string() });

export const recommendationsAnswer = z.object({
  recommendationId: z.string(),
  items: z.array(
    z.object({
      productId: z.string(),
      /** The sum of the contributions of all reasons. */
      score: z.number(),
      reasons: z.array(reason),
      /** Where another engine than the page's filled it up. */
      engine: z.optional(z.string()),
    }),
  ),
  engine: z.object({
    name: z.enum(['in_house', 'personalize', 'popular', 'newest']),
    modelVersion: z.optional(z.string()),
    latencyMs: z.number(),
    /** What the answer cost in millionths of a US dollar, where a managed service was asked. */
    costMicros: z.optional(z.number()),
    fallback: z.optional(fallback),
    /** Each engine that was asked, with how many products of the page are its, or why none. */
    attempts: z.array(
      z.object({
        engine: z.string(),
        items: z.number(),
        latencyMs: z.number(),
        cause: z.optional(z.string()),
        detail: z.optional(z.string()),
      }),
    ),
  }),
  /** Why products that might have been here are not, and how many. */
  leftOut: z.record(z.string(), z.number()),
  /** Whether what the member did before this session, and bought, was made use of. */
  personal: z.boolean(),
  /** What the member has said about that, as it was relied on. */
  consent: z.optional(z.object({ personalisation: consentAnswer })),
  policyVersion: z.string(),
});
