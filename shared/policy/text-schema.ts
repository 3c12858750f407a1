import * as z from 'zod/mini';
import { name } from './policy-parts.ts';

/** As many as a reading stays quick with. */
const TOPICS_LIMIT = 50;
const TERMS_LIMIT = 500;
const TERM_LENGTH = 40;

const terms = z.array(z.string().check(z.minLength(1), z.maxLength(TERM_LENGTH))).check(z.maxLength(TERMS_LIMIT));

/** By which words a topic is known; `praise` and `fault` say how it fares as well. */
const lists = z.strictObject({ about: z.optional(terms), praise: z.optional(terms), fault: z.optional(terms) });

/** How the texts of reviews are read. */
export const textSchema = z.strictObject({
  /** Topics, or terms of topics there are, beside those that the release knows. */
  topics: z
    .record(name, z.strictObject({ zh: z.optional(lists), en: z.optional(lists) }))
    .check(z.refine((topics) => Object.keys(topics).length <= TOPICS_LIMIT, `At most ${TOPICS_LIMIT} topics.`)),
});
