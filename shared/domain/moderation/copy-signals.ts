import type { Policy } from '../../policy/policy.ts';
import { similarity } from './fingerprint.ts';
import { doublings, type Signals, signalsOf, type TextMatch } from './signals.ts';

/** How many near-identical texts are looked at, the earliest. */
export const MATCHES_LIMIT = 20;

type Judged = Omit<TextMatch, 'fingerprint'> & { fingerprint?: string | undefined };

/**
 * What near-identical texts say against a review. `matches` are the reviews that share a band of its fingerprint, in any order.
 *
 * `closeness` 0 to 4: how close the closest text is that another member wrote earlier, in quarters of the way from a near copy to
 * the same. `copies` 0 to 5: how many such texts there are, in doublings. What comes later is of no account: whoever wrote first
 * copied nobody, and must not be brought down by those who copy. `ownCopies` 0 to 5: texts by the same member on other products,
 * in doublings.
 */
export function copySignals(
  review: Judged,
  matches: readonly TextMatch[],
  { moderation }: Pick<Policy, 'moderation'>,
): Signals {
  const { fingerprint } = review;
  if (fingerprint === undefined) return {};
  const different = [...new Map(matches.map((match) => [match.reviewId, match])).values()];
  const { copySimilarity } = moderation;
  const near = different
    .filter((match) => match.reviewId !== review.reviewId)
    .map((match) => ({ ...match, similarity: similarity(fingerprint, match.fingerprint) }))
    .filter((match) => match.similarity >= copySimilarity)
    .sort((a, b) => (isEarlier(a, b) ? -1 : 1))
    .slice(0, MATCHES_LIMIT);
  const earlier = near.filter((match) => match.memberId !== review.memberId && isEarlier(match, review));
  const own = near.filter(({ memberId, productId }) => memberId === review.memberId && productId !== review.productId);
  const closest = Math.max(...earlier.map((match) => match.similarity));
  const quarters = Math.floor((4 * (closest - copySimilarity)) / (1 - copySimilarity));
  return signalsOf({
    closeness: earlier.length === 0 ? 0 : Math.min(4, quarters + 1),
    copies: doublings(earlier.length),
    ownCopies: doublings(own.length),
  });
}

/** From this closeness on a text is taken for a copy where it is a neighbour's: what is only alike casts no shadow on others. */
const COPY_FROM = 2;

/** Whether what near-identical texts say against a review makes it a copy: what goes into `copied` of its listed row. */
export function isCopy({ closeness = 0 }: Signals): boolean {
  return closeness >= COPY_FROM;
}

function isEarlier(one: { atMs: number; reviewId: string }, other: { atMs: number; reviewId: string }): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.reviewId < other.reviewId);
}
