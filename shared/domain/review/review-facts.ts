import type { DataOf } from '../../../events/define-event.ts';
import type { CloudEvent } from '../../../events/envelope.ts';
import type { reviewRemoved } from '../../../events/review/review-removed.v1.ts';
import type { reviewSubmitted } from '../../../events/review/review-submitted.v1.ts';
import type { Fact } from '../loyalty/order-facts.ts';
import type { TextReading } from './review-text.ts';

type Sent = DataOf<typeof reviewSubmitted>;

/** What is kept of a submission: all but the words, which stand in the vault, and what was read out of them. */
export type Submission = Pick<Sent, 'memberId' | 'productId' | 'orderId' | 'ratings'> & {
  anonymous?: true | undefined;
  incentivised?: true | undefined;
  mediaCount?: number | undefined;
  text?: TextReading | undefined;
};

export type SubmittedFact = Fact<'submitted', Submission>;
/** That it was taken away; why, where somebody has said it, stands in the vault. */
export type RemovedFact = Fact<'removed', { by: 'member' | 'desk' }>;
/** What a person at the desk has decided, and why. */
export type DecidedFact = Fact<'decided', { verdict: 'publish' | 'reject'; reason: string; by: string }>;
/** The author asks for another look at a rejection; why stands in the vault. */
export type AppealedFact = Fact<'appealed', Record<string, never>>;

/** One thing that is known of a review. */
export type ReviewFact = SubmittedFact | RemovedFact | DecidedFact | AppealedFact;

/** What somebody has written of a review: its words, or why it was removed or is to be looked at again. */
export type ReviewWords = { title?: string | undefined; text?: string | undefined; reason?: string | undefined };

/** Edits, decisions and appeals of one review; beyond this they are refused. */
export const FACTS_PER_REVIEW_LIMIT = 50;

export type AddReviewFact =
  | { kind: 'added'; facts: ReviewFact[] }
  | { kind: 'duplicate' }
  | { kind: 'refused'; code: 'id_reused' | 'too_many_facts' | 'review_of_another'; detail: string };

/**
 * Adds a fact to those known, in canonical order: by time, then event id. A fact known already changes nothing; its id with other
 * content is refused, and so is a submission that makes the review another member's or another product's.
 */
export function addReviewFact(facts: readonly ReviewFact[], fact: ReviewFact): AddReviewFact {
  const known = facts.find((it) => it.eventId === fact.eventId);
  if (known !== undefined) {
    if (known.hash === fact.hash) return { kind: 'duplicate' };
    return { kind: 'refused', code: 'id_reused', detail: `Event ${fact.eventId} is known with other content.` };
  }
  if (facts.length >= FACTS_PER_REVIEW_LIMIT) {
    return { kind: 'refused', code: 'too_many_facts', detail: `A review has at most ${FACTS_PER_REVIEW_LIMIT} facts.` };
  }
  const earlier = submissionOf(facts);
  if (fact.kind === 'submitted' && earlier !== undefined && !sameReview(earlier.data, fact.data)) {
    const detail = 'The review is of another member or of another product.';
    return { kind: 'refused', code: 'review_of_another', detail };
  }
  const all = [...facts, fact].sort((a, b) => a.atMs - b.atMs || (a.eventId < b.eventId ? -1 : 1));
  return { kind: 'added', facts: all };
}

/** The submission that counts: the latest edit. */
export function submissionOf(facts: readonly ReviewFact[]): SubmittedFact | undefined {
  return facts.findLast((it): it is SubmittedFact => it.kind === 'submitted');
}

/**
 * Where the words of a review's facts stand: whose they are, and the event that brought them. Its author's are the author's; why it was removed
 * belongs to the review, because that may be known before the review itself is.
 */
export function wordsPlaces(reviewId: string, facts: readonly ReviewFact[]): { owner: string; eventId: string }[] {
  const author = submissionOf(facts)?.data.memberId;
  return facts.flatMap(({ kind, eventId, data }) => {
    if (kind === 'submitted') return [{ owner: `MEMBER#${data.memberId}`, eventId }];
    if (kind === 'removed') return [{ owner: `REVIEW#${reviewId}`, eventId }];
    return kind === 'appealed' && author !== undefined ? [{ owner: `MEMBER#${author}`, eventId }] : [];
  });
}

function sameReview(one: Submission, other: Submission): boolean {
  return one.memberId === other.memberId && one.productId === other.productId;
}

/** A `review.submitted` event as a fact; `text` is what was read out of its words. */
export function submittedFact(event: CloudEvent<string, Sent>, hash: string, text?: TextReading): SubmittedFact {
  const { memberId, productId, orderId, ratings, anonymous, incentivised, mediaCount } = event.data;
  const data: Submission = {
    memberId,
    productId,
    ...(orderId !== undefined && { orderId }),
    ratings,
    ...(anonymous === true && { anonymous }),
    ...(incentivised === true && { incentivised }),
    ...(mediaCount !== undefined && mediaCount > 0 && { mediaCount }),
    ...(text && { text }),
  };
  return { kind: 'submitted', eventId: event.id, hash: shortened(hash), atMs: Date.parse(event.time), data };
}

export function removedFact(event: CloudEvent<string, DataOf<typeof reviewRemoved>>, hash: string): RemovedFact {
  const data = { by: event.data.by };
  return { kind: 'removed', eventId: event.id, hash: shortened(hash), atMs: Date.parse(event.time), data };
}

/** Half of the hash tells facts apart well enough and keeps the item small. */
function shortened(hash: string): string {
  return hash.slice(0, 22);
}
