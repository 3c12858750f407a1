import type { ReviewState } from './review-record.ts';

/** One of a member's reviews, as far as judging the member and the member's other reviews takes it. */
export type ReviewerRow = {
  reviewId: string;
  productId: string;
  brandId?: string | undefined;
  atMs: number;
  stars: number;
  /** How many ratings it gives, how many characters it has, and how many pictures come with it. */
  kinds: number;
  length: number;
  mediaCount: number;
  verified: boolean;
  named: boolean;
  state: ReviewState;
  rejectedAtMs?: number | undefined;
  helpful: number;
  unhelpful: number;
};

/** What bears on a member's other reviews, and was taken into account in them. */
export type ReviewerStanding = {
  level: string;
  weight: number;
  banUntilMs?: number | undefined;
  credit: number;
  /** Loyalty points that rejections cost, by review; left out where none does. */
  penalties?: Readonly<Record<string, number>> | undefined;
  policyStamp: string;
};

export type ReviewerRecord = {
  memberId: string;
  /** Counts the writes; 0 is a record never written. */
  version: number;
  /** In canonical order: by time, then id. */
  rows: ReviewerRow[];
  standing?: ReviewerStanding | undefined;
  /** What brought the member on the present level. */
  cause?: { eventId: string; type: string; subject: string } | undefined;
};

/** Reviews of one member beyond this are held: nobody has bought so much. */
export const REVIEWS_PER_MEMBER_LIMIT = 1_000;

export function newReviewer(memberId: string): ReviewerRecord {
  return { memberId, version: 0, rows: [] };
}

/** The rows with one of them put in or in its own place. */
export function withRow(rows: readonly ReviewerRow[], row: ReviewerRow): ReviewerRow[] {
  return [...rows.filter(({ reviewId }) => reviewId !== row.reviewId), row].sort(
    (a, b) => a.atMs - b.atMs || (a.reviewId < b.reviewId ? -1 : 1),
  );
}

/** The reviews that a member has given of one product, in canonical order: the last counts, and the first earns points. */
export function reviewsOfProduct(rows: readonly ReviewerRow[], productId: string): ReviewerRow[] {
  return rows.filter((row) => row.productId === productId);
}
