import * as z from 'zod/mini';

/** Days on the clock, each of 24 hours. */
const days = (limit: number) => z.int().check(z.gte(1), z.lte(limit));

/** How a brand or a supplier is heard before and after it is restricted, and for how long it may be. */
export const sanctionsSchema = z.strictObject({
  /** From the notice on, nothing is decided for so long unless an answer comes before. */
  answerDays: days(90),
  /** From the decision on, an appeal is taken for so long. */
  appealDays: days(365),
  /** The longest that a restriction may last, by its kind. */
  longestDays: z.strictObject({ ranking: days(1_825), sales_limit: days(1_825) }),
});

export type SanctionPolicy = z.output<typeof sanctionsSchema>;
