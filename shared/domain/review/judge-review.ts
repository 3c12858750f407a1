import type { Policy } from '../../policy/policy.ts';
import { type Assessment, assess } from '../moderation/assess.ts';
import { copySignals } from '../moderation/copy-signals.ts';
import { groupSignals, othersOf } from '../moderation/group-signals.ts';
import { memberSignals } from '../moderation/member-signals.ts';
import { productSignals } from '../moderation/product-signals.ts';
import type { ListedReview, ReviewerEntry, Signals } from '../moderation/signals.ts';
import type { SubmittedFact } from './review-facts.ts';
import type { ReviewSurroundings } from './review-surroundings.ts';
import { othersIn } from './text-band.ts';

/** What a review's neighbours of the same product say of it. */
export function neighbourSignals(
  row: ListedReview,
  around: readonly ListedReview[],
  policy: Pick<Policy, 'moderation'>,
): Signals {
  return { ...productSignals(row, around, policy), ...groupSignals(row, around, policy) };
}

export { othersOf };

/** Judges a review by its product's window, its author's other reviews, texts like its own, and itself. */
export function judgeReview(
  reviewId: string,
  { atMs, data }: SubmittedFact,
  known: {
    surroundings: ReviewSurroundings;
    entries: readonly ReviewerEntry[];
    brandId?: string | undefined;
    verified: boolean;
    incentivised: boolean;
    accountAgeDays?: number | undefined;
  },
  policy: Pick<Policy, 'moderation'>,
): Assessment {
  const { surroundings, entries, brandId, verified, incentivised, accountAgeDays } = known;
  const { memberId, productId, ratings, text } = data;
  const windowed = surroundings.windows.flatMap(({ rows }) => rows).find((row) => row.reviewId === reviewId);
  const own = {
    reviewId,
    productId,
    brandId,
    atMs,
    stars: ratings.product,
    length: text?.length ?? 0,
    verified,
    accountAgeDays,
  };
  const matches = othersIn(surroundings.bands, reviewId);
  const signals: Signals = {
    ...windowed?.signals,
    ...memberSignals(own, entries, policy),
    ...copySignals({ reviewId, memberId, productId, atMs, fingerprint: text?.fingerprint }, matches, policy),
    ...text?.signals,
  };
  return assess(signals, { verified, incentivised, accountAgeDays }, policy);
}
