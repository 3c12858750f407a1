import type { SubmittedFact } from './review-facts.ts';
import type { ReviewRecord } from './review-record.ts';
import type { TextReading } from './review-text.ts';

/** A published review as a product's page lists it; its words and its author's name are read beside it. */
export type ListedReview = {
  reviewId: string;
  /** The submission that counts: its words stand under this event. */
  eventId: string;
  memberId: string;
  /** The member does not want to be shown. */
  anonymous?: true | undefined;
  atMs: number;
  ratings: { product: number; service?: number | undefined; logistics?: number | undefined };
  verified: boolean;
  incentivised: boolean;
  weight: number;
  helpful: number;
  unhelpful: number;
  mediaCount?: number | undefined;
  language?: string | undefined;
  positive?: number | undefined;
  topics?: TextReading['topics'];
};

/** Where a review is listed. Votes of both kinds decide how helpful it is; nobody's vote is worth more than another's. */
export type ListedPlace = { productId: string; atMs: number; reviewId: string; helpful: number };

/** The row and place of a review, or undefined where it is not shown. */
export function listedReview(record: ReviewRecord): { row: ListedReview; place: ListedPlace } | undefined {
  const { reviewId, facts, standing } = record;
  // By the submission that it stands by, and so was listed by: an edit that has just come has not moved it yet.
  const submission = facts.find((it): it is SubmittedFact => it.eventId === standing?.submission);
  if (submission === undefined || standing?.state !== 'published') return undefined;
  const { memberId, productId, ratings, anonymous, mediaCount, text } = submission.data;
  const { verified, incentivised, weight, helpful, unhelpful } = standing;
  const row: ListedReview = {
    reviewId,
    eventId: submission.eventId,
    memberId,
    ...(anonymous === true && { anonymous }),
    atMs: submission.atMs,
    ratings,
    verified,
    incentivised,
    weight,
    helpful,
    unhelpful,
    ...(mediaCount !== undefined && { mediaCount }),
    ...(text && { language: text.language, positive: text.positive, topics: text.topics }),
  };
  return { row, place: { productId, atMs: submission.atMs, reviewId, helpful: Math.max(0, helpful - unhelpful) } };
}
