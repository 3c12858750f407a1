import type { Policy } from '../../policy/policy.ts';
import { DAY_MS, doublings, type ListedReview, type Signals, signalsOf, surprise } from './signals.ts';

/** How many neighbours are looked at, the nearest by time. */
export const NEIGHBOURS_LIMIT = 200;

/**
 * What the other reviews of the product say against one. `window` are reviews of the product, the judged one among them or not,
 * in any order; of those within the policy's window the nearest 200 count.
 *
 * `burst` 0 to 8: reviews in the same days beyond the product's rate in the rest of the window. `burstSameStars` 0 to 8: reviews in
 * the same days that give the same ones or fives without a purchase, beyond what the others let expect. `burstUnverified`, `burstNewAccounts` 0 to 8:
 * the same of reviews without a purchase, and by accounts just opened. `copiesAround` 0 to 5: reviews in the same weeks that are
 * of its opinion and have copied texts, in doublings. `deviation` 0 to 4: whole stars between it and the mean of the others, which
 * a few of them do not yet settle.
 */
export function productSignals(
  review: ListedReview,
  window: readonly ListedReview[],
  { moderation }: Pick<Policy, 'moderation'>,
): Signals {
  const { windowDays, burstDays, shadowDays, usual } = moderation;
  const others = nearest(review, window, windowDays);
  const gap = ({ atMs }: ListedReview) => Math.abs(atMs - review.atMs);
  const around = others.filter((it) => gap(it) <= burstDays * DAY_MS);
  const rest = others.filter((it) => gap(it) > burstDays * DAY_MS);
  // A full window reaches only as far as the last of the nearest.
  const last = others.at(-1);
  const reachMs = others.length < NEIGHBOURS_LIMIT || last === undefined ? windowDays * DAY_MS : gap(last);
  const restMs = reachMs - burstDays * DAY_MS;
  const usually = restMs <= 0 ? around.length : (rest.length * burstDays * DAY_MS) / restMs;
  const extreme = review.stars === 1 || review.stars === 5;
  const expectedOf = (is: (it: ListedReview) => boolean, share: number) =>
    (around.length * (rest.filter(is).length + share * usual.evidence)) / (rest.length + usual.evidence);
  const beyond = (is: (it: ListedReview) => boolean, share: number) =>
    surprise(around.filter(is).length, expectedOf(is, share));
  // Buyers who say the same are heard, however many they are: a bad batch has its wave of ones.
  const same = ({ stars, verified }: ListedReview) => !verified && stars === review.stars;
  const isNew = ({ accountAgeDays }: ListedReview) =>
    accountAgeDays !== undefined && accountAgeDays < moderation.newAccountDays;
  const stars = others.reduce((sum, it) => sum + it.stars, 0);
  const mean = (stars + usual.mean * usual.evidence) / (others.length + usual.evidence);
  return signalsOf({
    burst: surprise(around.length, usually),
    burstSameStars: extreme ? beyond(same, usual.unverified * (review.stars === 1 ? usual.ones : usual.fives)) : 0,
    burstUnverified: beyond(({ verified }) => !verified, usual.unverified),
    burstNewAccounts: beyond(isNew, usual.newAccounts),
    copiesAround: doublings(
      others.filter((it) => it.copied === true && gap(it) <= shadowDays * DAY_MS && opinion(it) === opinion(review))
        .length,
    ),
    deviation: Math.min(4, Math.floor(Math.abs(review.stars - mean))),
  });
}

/** Good, bad or neither. */
function opinion({ stars }: ListedReview): number {
  return Math.sign(stars - 3);
}

/** The other reviews within the window, nearest first; of equally near ones the lower id. */
export function nearest(review: ListedReview, window: readonly ListedReview[], windowDays: number): ListedReview[] {
  const gap = ({ atMs }: ListedReview) => Math.abs(atMs - review.atMs);
  return window
    .filter((it) => it.reviewId !== review.reviewId && it.memberId !== review.memberId)
    .filter((it) => gap(it) <= windowDays * DAY_MS)
    .sort((a, b) => gap(a) - gap(b) || (a.reviewId < b.reviewId ? -1 : 1))
    .slice(0, NEIGHBOURS_LIMIT);
}
