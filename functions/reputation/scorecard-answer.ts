import * as z from 'zod/mini';
import { count, window } from './answer-parts.ts';

/** `value` is n of `of`; null where there is nothing to measure. */
const figure = z.object({
  id: z.string(),
  value: z.nullable(z.number()),
  n: z.number(),
  of: z.number(),
  goal: z.optional(z.object({ at: z.enum(['least', 'most']), value: z.number() })),
  met: z.optional(z.boolean()),
  interval: z.optional(z.object({ low: z.number(), high: z.number() })),
});

export const scorecardAnswer = z.object({
  of: z.object({ kind: z.enum(['brand', 'supplier', 'shop']), id: z.optional(z.string()) }),
  figures: z.array(figure),
  satisfactionScore: z.nullable(z.number()),
  stages: z.array(z.object({ id: z.string(), weight: z.number(), rating: z.nullable(z.number()), count })),
  window,
  formulaVersion: z.string(),
  formula: z.string(),
  policyVersion: z.string(),
});
