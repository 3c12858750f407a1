import { polarityOf } from '../text/polarity.ts';
import type { ListedReview } from './listed-review.ts';
import { submissionOf } from './review-facts.ts';
import type { ReviewRecord } from './review-record.ts';
import { openAppeal } from './review-standing.ts';

type Words = { title?: string | undefined; text?: string | undefined };

/** Who is shown as the author of a review that is not to name one. */
export const ANONYMOUS = 'anonymous';

/** A published review as everybody sees it. Its words are data: whoever shows them on a page escapes them. */
export function publicReview(row: ListedReview, words: Words | undefined, names: ReadonlyMap<string, string>) {
  const { reviewId, memberId, atMs, ratings, verified, incentivised, weight, helpful, unhelpful } = row;
  return {
    reviewId,
    author: memberId === undefined ? ANONYMOUS : (names.get(memberId) ?? memberId),
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

function sentimentOf(positive: number) {
  const score = positive / 1_000;
  return { label: polarityOf(score), score };
}

/** A review with all that is known of it, for the desk and for its author. */
export function reviewDetails({ reviewId, facts, standing }: ReviewRecord, words: Words | undefined) {
  const submission = submissionOf(facts);
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
      memberId: submission.data.memberId,
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
      ...('reason' in data && data.reason !== undefined && { reason: data.reason }),
      ...('verdict' in data && { verdict: data.verdict }),
      ...('by' in data && { by: data.by }),
    })),
  };
}
