import { polarityOf } from '../text/polarity.ts';
import type { ListedReview } from './listed-review.ts';
import { type ReviewWords, submissionOf } from './review-facts.ts';
import type { ReviewRecord } from './review-record.ts';
import { openAppeal } from './review-standing.ts';

/** What is told of people on a page of reviews. */
export type Voices = {
  /** What they have written, by the review. */
  words: ReadonlyMap<string, ReviewWords>;
  /** The names that members have given themselves. */
  names: ReadonlyMap<string, string>;
  /** Members who have been erased: what they rated stays, and names nobody. */
  erased: ReadonlySet<string>;
};

/** Who is shown as the author of a review that is not to name one. */
export const ANONYMOUS = 'anonymous';

/** A published review as everybody sees it. Its words are data: whoever shows them on a page escapes them. */
export function publicReview(row: ListedReview, { words: all, names, erased }: Voices) {
  const { reviewId, memberId, anonymous, atMs, ratings, verified, incentivised, weight, helpful, unhelpful } = row;
  const words = all.get(reviewId);
  return {
    reviewId,
    author: anonymous === true || erased.has(memberId) ? ANONYMOUS : (names.get(memberId) ?? memberId),
    at: new Date(atMs).toISOString(),
    ratings,
    ...(words?.title !== undefined && { title: words.title }),
    ...(words?.text !== undefined && { text: words.text }),
    verifiedPurchase: verified,
    incentivised,
    weight: weight / 1_000,
    votes: { helpful, unhelpful },
    mediaCount: row.mediaCount ?? 0,
    ...(row.language !== undefined && { language: row.language }),
    topics: row.topics ?? [],
    ...(row.positive !== undefined && { sentiment: sentimentOf(row.positive) }),
  };
}

function reasonOf(reason: string | undefined): { reason?: string } {
  return reason === undefined ? {} : { reason };
}

function sentimentOf(positive: number) {
  const score = positive / 1_000;
  return { label: polarityOf(score), score };
}

/** A review with all that is known of it, for the desk and for its author; `wordsOf`: by the facts that words belong to. */
export function reviewDetails(
  { reviewId, facts, standing, anonymisedAtMs }: ReviewRecord,
  wordsOf: ReadonlyMap<string, ReviewWords>,
) {
  const submission = submissionOf(facts);
  const words = submission && wordsOf.get(submission.eventId);
  const told = standing && {
    since: new Date(standing.sinceMs).toISOString(),
    by: standing.by,
    reasons: standing.reasons,
    suspicion: standing.suspicion,
    purchase: standing.purchase,
    verifiedPurchase: standing.verified,
    incentivised: standing.incentivised,
    weight: standing.weight / 1_000,
    weightParts: standing.weightParts,
    policyVersion: standing.policyStamp,
  };
  return {
    reviewId,
    state: standing?.state ?? 'waiting',
    ...(submission && {
      ...(anonymisedAtMs === undefined && { memberId: submission.data.memberId }),
      productId: submission.data.productId,
      at: new Date(submission.atMs).toISOString(),
      ratings: submission.data.ratings,
    }),
    ...(words?.title !== undefined && { title: words.title }),
    ...(words?.text !== undefined && { text: words.text }),
    ...told,
    appealed: openAppeal(facts) !== undefined,
    history: facts.map(({ kind, eventId, atMs, data }) => ({
      kind,
      at: new Date(atMs).toISOString(),
      eventId,
      ...reasonOf('reason' in data ? data.reason : wordsOf.get(eventId)?.reason),
      ...('verdict' in data && { verdict: data.verdict }),
      ...('by' in data && { by: data.by }),
    })),
  };
}
