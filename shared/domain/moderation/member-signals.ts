import type { Policy } from '../../policy/policy.ts';
import { DAY_MS, doublings, type ReviewerEntry, type Signals, signalsOf } from './signals.ts';

/** How many of the member's reviews are looked at, the nearest by time. */
export const ENTRIES_LIMIT = 100;

type Judged = Pick<ReviewerEntry, 'reviewId' | 'atMs'> & { accountAgeDays?: number | undefined };

/**
 * What a member's reviews say against one of them. `entries` are the member's reviews, the judged one among them or not, in any
 * order; the nearest 100 count.
 *
 * `rate` 0 to 5: reviews around it beyond what the policy allows, in doublings. `extremes` 0 to 3: how much of what the member
 * gives is ones and fives. `sameStars` 0 to 2: how much of it is the same. `oneBrand` 0 to 5: reviews of one brand alone, in
 * doublings. `sleeper` 0 to 5: reviews of an account that was silent for long and then active, in doublings.
 */
export function memberSignals(
  review: Judged & Omit<ReviewerEntry, 'reviewId' | 'atMs'>,
  entries: readonly ReviewerEntry[],
  { moderation }: Pick<Policy, 'moderation'>,
): Signals {
  const { rateDays, rateAllowance, leastEntries, sleeper } = moderation.member;
  const gap = ({ atMs }: ReviewerEntry) => Math.abs(atMs - review.atMs);
  const others = entries
    .filter(({ reviewId }) => reviewId !== review.reviewId)
    .sort((a, b) => gap(a) - gap(b) || (a.reviewId < b.reviewId ? -1 : 1))
    .slice(0, ENTRIES_LIMIT - 1);
  const all: readonly ReviewerEntry[] = [review, ...others];
  const enough = all.length >= leastEntries;
  const near = all.filter((it) => gap(it) <= rateDays * DAY_MS).length;
  const extreme = all.filter(({ stars }) => stars === 1 || stars === 5).length / all.length;
  const most =
    Math.max(...[1, 2, 3, 4, 5].map((value) => all.filter(({ stars }) => stars === value).length)) / all.length;
  const ofBrand = all.filter(({ brandId }) => brandId !== undefined && brandId === review.brandId).length;
  const quiet = (review.accountAgeDays ?? 0) - (review.atMs - Math.min(...all.map(({ atMs }) => atMs))) / DAY_MS;
  const awake = all.filter((it) => gap(it) <= sleeper.awakeDays * DAY_MS).length;
  return signalsOf({
    rate: doublings(near - rateAllowance),
    extremes: enough ? Math.max(0, Math.floor((extreme - 0.7) * 10 + 1e-9)) : 0,
    sameStars: enough ? (most === 1 ? 2 : most >= 0.9 ? 1 : 0) : 0,
    oneBrand: enough && ofBrand === all.length ? doublings(ofBrand) : 0,
    sleeper: quiet >= sleeper.silentDays && awake === all.length && awake > 1 ? doublings(awake) : 0,
  });
}
