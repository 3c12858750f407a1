import type { Purchase } from './purchase.ts';
import type { StandingReason } from './review-record.ts';

/** What the assessment of a review says of it: the probability that it is no honest one, and what follows. */
export type Assessed = { score: number; verdict: 'publish' | 'hold' | 'reject'; reasons: readonly StandingReason[] };

/** What surrounds a review, as far as it decides where the review stands. */
export type ReviewContext = {
  productKnown: boolean;
  product?: { brandId?: string | undefined; supplierId?: string | undefined } | undefined;
  purchase: Purchase;
  assessment: Assessed;
  /** The member was not allowed to review when writing it. */
  banned: boolean;
  /** The member has more reviews than anybody can have. */
  tooMany: boolean;
  /** When the member reviewed the product again. */
  replacedAtMs?: number | undefined;
  incentivised: boolean;
  votes: { helpful: number; unhelpful: number };
  weight: { thousandths: number; parts: readonly { code: string; factor: number }[] };
  /** Loyalty points that the rejection costs, where it is rejected. */
  penalty: number;
  policyStamp: string;
};

/** Whose the product was: the line that was bought says so, or else the catalogue. */
export function brandOf({ purchase, product }: Pick<ReviewContext, 'purchase' | 'product'>): {
  brandId?: string;
  supplierId?: string;
} {
  const brandId = purchase.brandId ?? product?.brandId;
  const supplierId = purchase.supplierId ?? product?.supplierId;
  return { ...(brandId !== undefined && { brandId }), ...(supplierId !== undefined && { supplierId }) };
}
