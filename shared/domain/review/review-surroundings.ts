import type { OrderRecord } from '../loyalty/order-facts.ts';
import type { ReviewWindow } from './review-window.ts';
import type { ReviewerRecord } from './reviewer-record.ts';
import type { TextBand } from './text-band.ts';

/** Everything that bears on where a review stands beside its own facts, as it was read. */
export type ReviewSurroundings = {
  /** As the catalogue knows it. */
  product?: { brandId?: string | undefined; supplierId?: string | undefined } | undefined;
  /** Orders of the member that may be the purchase. */
  orders: readonly OrderRecord[];
  /** Since when the shop has known the member, by the registration. */
  knownSinceMs?: number | undefined;
  reviewer: ReviewerRecord;
  /** Votes, the author's own left out. */
  votes: { helpful: number; unhelpful: number };
  /** The windows of the product around the review's time. */
  windows: ReviewWindow[];
  /** The bands of the text's fingerprint. */
  bands: TextBand[];
};
