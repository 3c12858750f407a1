import * as z from 'zod/mini';
import { consentsAnswer } from '../../shared/runtime/consent-answer.ts';

const preferences = z.array(z.object({ id: z.string(), weight: z.number() }));

/** `GET /v1/members/{id}`. Money in minor units, times in RFC 3339. */
export const memberAnswer = z.object({
  memberId: z.string(),
  displayName: z.optional(z.string()),
  tier: z.object({
    id: z.string(),
    since: z.string(),
    discountPercent: z.number(),
    benefits: z.array(z.string()),
    next: z.optional(z.object({ id: z.string(), remaining: z.int() })),
    /** What the tier is judged on, and how much of it there is. */
    judgedOn: z.object({ basis: z.string(), spend: z.int() }),
    /**
     * Spend that keeps the tier, if completed by then, and not before `from` where it is there; else the member falls to
     * the tier named last. Without `remaining` no spend can keep it.
     */
    keep: z.optional(
      z.object({
        remaining: z.optional(z.int()),
        from: z.optional(z.string()),
        by: z.string(),
        otherwise: z.string(),
      }),
    ),
  }),
  points: z.object({
    available: z.int(),
    pending: z.int(),
    debt: z.int(),
    nextExpiry: z.optional(z.object({ points: z.int(), at: z.string() })),
    nextAvailable: z.optional(z.object({ points: z.int(), at: z.string() })),
  }),
  lifetime: z.object({ orders: z.int(), spend: z.int(), returned: z.int(), currency: z.string() }),
  lastOrderAt: z.optional(z.string()),
  lifecycle: z.enum(['new', 'growing', 'mature', 'at_risk', 'lost']),
  segments: z.array(
    z.object({
      id: z.string(),
      since: z.string(),
      until: z.optional(z.string()),
      reasons: z.array(z.object({ code: z.string(), value: z.number(), threshold: z.number() })),
    }),
  ),
  preferences: z.object({
    categories: preferences,
    brands: preferences,
    priceBand: preferences,
    channels: preferences,
  }),
  consents: consentsAnswer,
});
