import * as z from 'zod/mini';

export const count = z.int().check(z.gte(0));
const mean = z.nullable(z.number());
const kind = z.object({ mean, count });

/** How a product is rated, with all that it takes to work the shown number out again. */
export const rating = z.object({
  weighted: z.number(),
  mean,
  count,
  distribution: z.object({ '1': count, '2': count, '3': count, '4': count, '5': count }),
  kinds: z.object({ product: kind, service: kind, logistics: kind }),
  prior: z.object({ mean: z.number(), strength: z.number() }),
  quarters: z.array(
    z.object({
      quarter: z.string(),
      age: count,
      factor: z.number(),
      count,
      weight: count,
      weighted: count,
    }),
  ),
  formulaVersion: z.string(),
  formula: z.string(),
});

/** One part of a score: what went wrong of what, how that is judged, and what it adds. */
export const component = z.object({
  id: z.string(),
  value: z.number(),
  weight: z.number(),
  contribution: z.number(),
  rate: z.number(),
  evidence: z.object({ n: z.number(), of: z.number(), minimum: z.number(), assumed: z.number(), grace: z.number() }),
  basis: z.enum(['assumed', 'partly_assumed', 'measured']),
  interval: z.optional(z.object({ low: z.number(), high: z.number() })),
  mark: z.optional(z.number()),
  curve: z.array(z.object({ rate: z.number(), value: z.number() })),
});

/** Why points are missing, and how to ask for another look; fields differ with the code. */
export const reason = z.looseObject({ code: z.string() });

/** The quarters that were looked back on. */
export const window = z.object({
  from: z.nullable(z.string()),
  quarters: z.nullable(z.number()),
  basis: z.enum(['recent', 'sparse', 'all']),
  orders: count,
});
