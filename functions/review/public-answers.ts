import * as z from 'zod/mini';
import { LISTED_SHARDS } from '../../shared/adapters/dynamo/listed-writes.ts';
import { listAnswerSchema } from '../../shared/runtime/list.ts';
import { ratings } from './answers.ts';
import { LISTED_PREFIX } from './listed-page.ts';

const polarity = z.enum(['positive', 'neutral', 'negative']);

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
    topics: z.array(z.object({ id: z.string(), sentiment: z.optional(polarity) })),
    sentiment: z.optional(z.object({ label: polarity, score: z.number() })),
  }),
);

/** The longest key of a listing, and more. */
const LISTED_KEY_LIMIT = 200;

/** Where a listing of a product's reviews stands: in which of its parts, and per shard the last key it has given. */
export const reviewsCursor = z
  .object({
    sort: z.enum(['helpful', 'newest']),
    part: z.enum(['helpful', 'newest']),
    after: z.array(z.nullable(z.string().check(z.maxLength(LISTED_KEY_LIMIT)))).check(z.length(LISTED_SHARDS)),
  })
  .check(z.refine(({ part, after }) => after.every((key) => key === null || key.startsWith(LISTED_PREFIX[part]))));
