import type { ReviewFact } from './review-facts.ts';

export type ReviewState =
  /** Known by later facts alone, or of a product that nobody has heard of yet. */
  | 'waiting'
  /** Waits for the desk. */
  | 'held'
  | 'published'
  | 'rejected'
  /** The member has reviewed the product again since. */
  | 'replaced'
  | 'removed';

/** Why a review stands where it stands; the contributions of an assessment add up to its logit. */
export type StandingReason = { code: string; value?: number; contribution?: number };

/** Where a review stands by all that is known, and what that rests on. */
export type Standing = {
  /** The event of the submission that it stands by; one that has come since has not been looked at yet. */
  submission: string;
  state: ReviewState;
  sinceMs: number;
  by: 'assessment' | 'desk' | 'policy';
  reasons: readonly StandingReason[];
  /** The probability that it is no honest review, by the assessment; kept where the desk decides otherwise, too. */
  suspicion: number;
  verified: boolean;
  /** How the purchase is known, or why it is not. */
  purchase: PurchaseCode;
  brandId?: string | undefined;
  supplierId?: string | undefined;
  /** In thousandths; 0 where it does not count. */
  weight: number;
  weightParts: readonly { code: string; factor: number }[];
  helpful: number;
  unhelpful: number;
  incentivised: boolean;
  /** Whether the author's points for the product go by this review: it is the latest. */
  rewarded: boolean;
  /** Loyalty points that its rejection costs the author beside those that had been paid for it; left out where none. */
  penalty?: number | undefined;
  /** How often state, reward or penalty has changed: it numbers what is told of them. */
  changes: number;
  cause: { eventId: string; type: string; subject: string };
  policyStamp: string;
};

export type PurchaseCode =
  | 'verified'
  | 'no_purchase_known'
  /** The order has not been delivered at the time of the review. */
  | 'before_delivery'
  | 'order_cancelled'
  /** The order named is another's, or is not of this product. */
  | 'order_of_another';

export type ReviewRecord = {
  reviewId: string;
  /** Counts the writes; 0 is a review never written. */
  version: number;
  facts: ReviewFact[];
  standing?: Standing | undefined;
  /** Since when nobody knows its author, who has been erased: it stays as it stood, but for what the desk decides on it. */
  anonymisedAtMs?: number | undefined;
  /** Where its texts stood among others when it was made anonymous: who was just putting it there is undone by the next look. */
  bandsLeft?: readonly string[] | undefined;
};

export function newReview(reviewId: string): ReviewRecord {
  return { reviewId, version: 0, facts: [] };
}
