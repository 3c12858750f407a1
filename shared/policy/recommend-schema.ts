import * as z from 'zod/mini';

const days = (limit: number) => z.int().check(z.gte(1), z.lte(limit));
const share = z.number().check(z.gte(0), z.lte(1));
const weight = z.optional(z.number().check(z.gte(0), z.lte(100)));

/** Weights that replace those a model has learnt, feature by feature; 0 turns a feature off. */
const weights = z.strictObject({
  session: weight,
  neighbours: weight,
  repeat: weight,
  bought_together: weight,
  similar_members: weight,
  content: weight,
  trending: weight,
  category: weight,
  brand: weight,
  trust: weight,
});

const engine = z.enum(['in_house', 'personalize', 'popular', 'newest']);

/** What is recommended to whom, by which engine, and what it may cost. */
export const recommendationsSchema = z.strictObject({
  /** Who is asked first; each next one answers where those before it cannot. */
  engines: z.array(engine).check(
    z.minLength(1),
    z.maxLength(4),
    z.refine((all) => new Set(all).size === all.length, 'An engine is named once.'),
  ),
  /** How long one engine may take, in milliseconds. */
  timeoutMs: z.int().check(z.gte(5), z.lte(5_000)),
  /** Whether members who never said anything about personalisation get personal recommendations. */
  withoutStatement: z.enum(['allowed', 'refused']),
  weights: z.strictObject({ home: weights, product: weights, cart: weights }),
  history: z.strictObject({
    interactions: z.int().check(z.gte(10), z.lte(200)),
    purchases: z.int().check(z.gte(10), z.lte(500)),
    shown: z.int().check(z.gte(1), z.lte(50)),
    /** How long visitors are remembered after the last thing that they did, and members. */
    visitorDays: days(400),
    memberDays: days(3_650),
    /** After so many days an interaction counts half. */
    halfLifeDays: days(365),
  }),
  /** Two things that are further apart belong to different sessions. */
  sessionGapMinutes: z.int().check(z.gte(1), z.lte(1_440)),
  /** How many products are ranked anew by the rules below. */
  candidates: z.int().check(z.gte(20), z.lte(1_000)),
  /** At most so many of twenty products from one brand, and from one category. */
  limits: z.strictObject({ brand: z.int().check(z.gte(1), z.lte(100)), category: z.int().check(z.gte(1), z.lte(100)) }),
  /** How much likeness to what is on the list already costs, of a score of 1. */
  diversity: z.strictObject({ method: z.enum(['mmr', 'dpp']), strength: share }),
  /** What was bought so recently is left out unless it is a product that people buy again. */
  justBoughtDays: days(365),
  /** From which share of buyers who buy again a product counts as one that is bought again. */
  repeatableShare: share,
  /** A product that was shown so often in so many days, and not clicked, is left out. */
  seen: z.strictObject({ times: z.int().check(z.gte(1), z.lte(100)), days: days(90) }),
  /** Of a list, the share that is kept for products that are new. */
  exploration: z.strictObject({ share, newDays: days(365) }),
  /** What a restriction of a brand or supplier does. */
  restrictions: z.strictObject({
    ranking: z.enum(['demote', 'exclude']),
    sales_limit: z.enum(['demote', 'exclude']),
    /** What being demoted costs, of a score of 1. */
    demotion: share,
  }),
  /** How far the prices offered to high and to low spenders with like histories may differ, as the distance of their distributions (0 to 1). */
  priceNeutrality: share,
  personalize: z.strictObject({
    /** The most that a calendar month (UTC) may cost, in cents of a US dollar; 0 keeps it off. */
    monthlyCents: z.int().check(z.gte(0), z.lte(100_000_000)),
    /** What a thousand requests cost, in cents of a US dollar. */
    centsPerThousand: z.number().check(z.gte(0), z.lte(100_000)),
    /** After so many failures in a row it is left alone for so many seconds. */
    breaker: z.strictObject({
      failures: z.int().check(z.gte(1), z.lte(100)),
      openSeconds: z.int().check(z.gte(1), z.lte(3_600)),
    }),
  }),
  training: z.strictObject({
    /** How far back a model looks. */
    windowDays: days(1_500),
    /** The last days, held out to choose weights and to judge a new model. */
    heldOutDays: days(60),
    /** How much worse than the serving model a new one may be on them, as a share of its hit rate: chance alone moves it so far. */
    tolerance: share,
    keptVersions: z.int().check(z.gte(2), z.lte(50)),
  }),
});

export type RecommendationPolicy = z.output<typeof recommendationsSchema>;
