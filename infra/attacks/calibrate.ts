import { SIGNALS } from '../../shared/domain/moderation/signals.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import { contextOf, judgedStream } from './judged-stream.ts';
import { fitted } from './logistic-fit.ts';
import { OLIST_FOLDER, olistReviews } from './olist-reviews.ts';
import { scenarioOf } from './scenario.ts';

/*
 * Prints the weights for `moderation` in the policy, fitted on the earlier half of the Olist stream: the same every time. What is
 * measured (report.ts) are other attacks on the later half.
 */

/** Seeds that nothing is measured on. */
const SEEDS = [1, 2] as const;

const { reviews } = await olistReviews(process.argv[2] ?? OLIST_FOLDER);
const { newAccountDays, weights: given, base } = currentPolicy.moderation;
const cases = SEEDS.flatMap((seed) => {
  const stream = scenarioOf(reviews, { half: 'earlier', seed });
  const judged = judgedStream(stream.reviews, currentPolicy);
  return stream.reviews.map((review) => {
    const { verified, accountAgeDays } = contextOf(review);
    const signals = {
      ...judged.signalsOf(review, Number.POSITIVE_INFINITY),
      unverified: verified ? 0 : 1,
      newAccount: accountAgeDays !== undefined && accountAgeDays < newAccountDays ? 1 : 0,
    };
    return {
      values: [1, ...SIGNALS.map((name) => signals[name as keyof typeof signals] ?? 0)],
      is: review.attack !== undefined,
    };
  });
});
// Points are paid for all reviews or none, so what the policy has for it stays.
const free = [true, ...SIGNALS.map((name) => name !== 'incentivised')];
const start = [base, ...SIGNALS.map((name) => (name === 'incentivised' ? given.incentivised : 0))];
const [constant = 0, ...found] = fitted(cases, start, free);
const rounded = (value: number) => Math.round(value * 1_000) / 1_000;
const result = {
  base: rounded(constant),
  weights: Object.fromEntries(SIGNALS.map((name, index) => [name, rounded(found[index] ?? 0)])),
};
console.log(JSON.stringify(result, undefined, 2));
