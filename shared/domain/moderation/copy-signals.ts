import type { Policy } from '../../policy/policy.ts';
import { similarity } from './fingerprint.ts';
import { doublings, type Signals, signalsOf, type TextMatch } from './signals.ts';

/** How many near-identical texts are looked at, the earliest. */
export const MATCHES_LIMIT = 20;

type Judged = Omit<TextMatch, 'fingerprint'> & { fingerprint?: string | undefined };

/**
 * What near-identical texts say against a review. `matches` are the reviews that share a band of its fingerprint, in any order.
 *
 * `copies` 0 to 5: texts by others that are earlier, in doublings: whoever wrote first copied nobody. `copied` 0 to 5: texts by
 * others that are later, in doublings: one that many use is made for it. `ownCopies` 0 to 5: texts by the same member on other
 * products, in doublings.
 */
export function copySignals(
  review: Judged,
  matches: readonly TextMatch[],
  { moderation }: Pick<Policy, 'moderation'>,
): Signals {
  const { fingerprint } = review;
  if (fingerprint === undefined) return {};
  const different = [...new Map(matches.map((match) => [match.reviewId, match])).values()];
  const near = different
    .filter((match) => match.reviewId !== review.reviewId)
    .filter((match) => similarity(fingerprint, match.fingerprint) >= moderation.copySimilarity)
    .sort((a, b) => (isEarlier(a, b) ? -1 : 1))
    .slice(0, MATCHES_LIMIT);
  const byOthers = near.filter(({ memberId }) => memberId !== review.memberId);
  const own = near.filter(({ memberId, productId }) => memberId === review.memberId && productId !== review.productId);
  const earlier = byOthers.filter((match) => isEarlier(match, review)).length;
  return signalsOf({
    copies: doublings(earlier),
    copied: doublings(byOthers.length - earlier),
    ownCopies: doublings(own.length),
  });
}

function isEarlier(one: { atMs: number; reviewId: string }, other: { atMs: number; reviewId: string }): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.reviewId < other.reviewId);
}
