import { submissionOf } from './review-facts.ts';
import type { ReviewRecord } from './review-record.ts';

export type VoteDecision =
  | { kind: 'accepted' }
  | { kind: 'refused'; code: 'own_review' | 'brand_staff'; detail: string };

/**
 * Whether a vote may count. In order of precedence: nobody votes on a review of their own; nor does an account that is marked as
 * the brand's staff on a review of that brand's product. A vote that came before its review is looked at again when it is counted.
 */
export function decideVote(
  voterId: string,
  { review, staffOf }: { review?: ReviewRecord | undefined; staffOf?: string | undefined },
): VoteDecision {
  const author = review && submissionOf(review.facts)?.data.memberId;
  if (author === voterId)
    return { kind: 'refused', code: 'own_review', detail: 'The vote is on a review of their own.' };
  const brandId = review?.standing?.brandId;
  if (brandId !== undefined && brandId === staffOf) {
    return { kind: 'refused', code: 'brand_staff', detail: `The voter belongs to the brand ${brandId}.` };
  }
  return { kind: 'accepted' };
}
