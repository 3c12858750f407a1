import * as z from 'zod/mini';
import { component, count, rating, reason, window } from './answer-parts.ts';

export const productReputationAnswer = z.object({
  productId: z.string(),
  rating,
  grade: z.object({
    id: z.enum(['AAA', 'AA', 'A', 'none']),
    score: z.nullable(z.number()),
    components: z.array(component),
    reasons: z.array(reason),
    coverage: z.number(),
    thresholds: z.object({ AAA: z.number(), AA: z.number(), A: z.number() }),
    window,
    formulaVersion: z.string(),
    formula: z.string(),
  }),
  formulaVersion: z.string(),
  policyVersion: z.string(),
});

/** A restriction that is in force, or was. */
const restriction = z.object({
  kind: z.string(),
  since: z.string(),
  until: z.optional(z.string()),
  state: z.enum(['in_force', 'ended', 'lifted']),
  /** What notice was given of, as a stable code. */
  reason: z.string(),
  cause: z.object({ eventId: z.string(), type: z.string(), subject: z.string() }),
  sanctionId: z.string(),
});

export const scoreAnswer = z.object({
  kind: z.enum(['brand', 'supplier']),
  id: z.string(),
  score: z.number(),
  level: z.string(),
  rated: z.boolean(),
  components: z.array(component),
  reasons: z.array(reason),
  complaints: z.object({
    open: count,
    upheld: count,
    total: count,
    undecided: count,
    rejected: count,
    withdrawn: count,
    counted: z.number(),
  }),
  restrictions: z.array(restriction),
  coverage: z.number(),
  levels: z.array(z.object({ id: z.string(), from: z.number() })),
  window,
  formulaVersion: z.string(),
  formula: z.string(),
  policyVersion: z.string(),
});
