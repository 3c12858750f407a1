import * as z from 'zod/mini';

const count = z.int().check(z.gte(0));
const mean = z.nullable(z.number());
const kind = z.object({ mean, count });

/** How a product is rated, with all that it takes to work the shown number out again. */
const rating = z.object({
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
const component = z.object({
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
const reason = z.looseObject({ code: z.string() });

/** The quarters that were looked back on. */
const window = z.object({
  from: z.nullable(z.string()),
  quarters: z.nullable(z.number()),
  basis: z.enum(['recent', 'sparse', 'all']),
  orders: count,
});

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
  cause: z.object({ eventId: z.string(), type: z.string(), subject: z.string() }),
  sanctionId: z.optional(z.string()),
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
