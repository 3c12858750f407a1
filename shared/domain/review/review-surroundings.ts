import type { OrderRecord } from '../loyalty/order-facts.ts';
import type { ReviewWindow } from './review-window.ts';
import type { ReviewerRecord } from './reviewer-record.ts';
import type { TextBand } from './text-band.ts';

export type Votes = { helpful: number; unhelpful: number };

/** Everything that bears on where a review stands beside its own facts, as it was read. */
export type ReviewSurroundings = {
  /** As the catalogue knows it. */
  product?: { brandId?: string | undefined; supplierId?: string | undefined } | undefined;
  /** Orders of the member that may be the purchase. */
  orders: readonly OrderRecord[];
  /** Since when the shop has known the member, by the registration. */
  knownSinceMs?: number | undefined;
  reviewer: ReviewerRecord;
  /** Votes, the author's own left out; those by a brand's staff among them are given by brand as well. */
  votes: Votes & { ofStaff: Readonly<Record<string, Votes>> };
  /** The windows of the product around the review's time. */
  windows: ReviewWindow[];
  /** The bands of the text's fingerprint. */
  bands: TextBand[];
};
