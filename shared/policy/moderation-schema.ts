import * as z from 'zod/mini';
import { issue } from './policy-parts.ts';

const share = z.number().check(z.gte(0), z.lte(1));
const days = z.int().check(z.gte(1), z.lte(3_650));
/** Thousandths, so that contributions can be added up by hand. */
const logit = z.number().check(
  z.gte(-20),
  z.lte(20),
  z.refine((value) => Number(value.toFixed(3)) === value, 'At most 3 decimals.'),
);

/** How reviews are judged: what counts as unusual, what each signal weighs, and what follows. */
export const moderationSchema = z
  .strictObject({
    /** How far around a review its product's other reviews are looked at. */
    windowDays: z.int().check(z.gte(2), z.lte(366)),
    /** What counts as the same time, before and after. */
    burstDays: days,
    /** How far the shadow of a copied text reaches, before and after. */
    shadowDays: days,
    /** What is assumed of a product before its own reviews say otherwise, and how many reviews that is worth. */
    usual: z.strictObject({
      ones: share,
      fives: share,
      unverified: share,
      newAccounts: share,
      mean: z.number().check(z.gte(1), z.lte(5)),
      evidence: z.int().check(z.gte(1), z.lte(1_000)),
    }),
    /** An account younger than this is new. */
    newAccountDays: days,
    member: z.strictObject({
      /** How many reviews within so many days, before and after, are nothing unusual. */
      rateDays: days,
      rateAllowance: z.int().check(z.gte(1), z.lte(1_000)),
      /** With fewer reviews nothing is said about what a member usually gives. */
      leastEntries: z.int().check(z.gte(2), z.lte(100)),
      /** Silent for so long after it was opened, and then all reviews within so many days. */
      sleeper: z.strictObject({ silentDays: days, awakeDays: days }),
    }),
    /** How many other products two members have in common who reviewed them together. */
    sharedProducts: z.int().check(z.gte(1), z.lte(8)),
    /** The share of runs of characters from which on a text is a near copy of another. */
    copySimilarity: z.number().check(z.gt(0), z.lt(1)),
    /** What a review starts from, and what each step of a signal adds: natural logarithms of odds. */
    base: logit,
    weights: z.strictObject({
      burst: logit,
      burstSameStars: logit,
      burstUnverified: logit,
      burstNewAccounts: logit,
      copiesAround: logit,
      deviation: logit,
      companions: logit,
      rate: logit,
      extremes: logit,
      sameStars: logit,
      oneBrand: logit,
      sleeper: logit,
      closeness: logit,
      copies: logit,
      ownCopies: logit,
      shallow: logit,
      templated: logit,
      shouting: logit,
      unverified: logit,
      incentivised: logit,
      newAccount: logit,
    }),
    /** The probabilities of being no honest review from which on one waits for the desk, or is rejected unseen. */
    holdFrom: share,
    rejectFrom: share,
  })
  .check((context) => {
    const { windowDays, burstDays, holdFrom, rejectFrom } = context.value;
    if (burstDays >= windowDays) {
      context.issues.push(
        issue(['burstDays'], burstDays, 'The same time is shorter than the window it is held against.'),
      );
    }
    if (rejectFrom < holdFrom) {
      context.issues.push(issue(['rejectFrom'], rejectFrom, 'Who is rejected would have been held.'));
    }
  });

export type ModerationPolicy = z.output<typeof moderationSchema>;
