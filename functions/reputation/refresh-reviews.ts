import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import type { StoredReview } from '../../shared/adapters/dynamo/review-store.ts';
import { refreshReview } from '../../shared/domain/review/refresh-review.ts';
import { submissionOf } from '../../shared/domain/review/review-facts.ts';
import { questionOf } from '../../shared/domain/review/review-question.ts';
import type { Policies } from '../../shared/policy/policies.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import { enlistReviews } from './enlist-reviews.ts';
import type { FoldStores } from './fold-stores.ts';
import { overtaken } from './review-questions.ts';

export type Refreshing = FoldStores & { policies: Policies };

/**
 * Looks at reviews anew, by what stands in the tables now: puts them beside their neighbours, works out where they stand, and
 * writes what has changed of a review, its listing, its author and the counters in one transaction.
 */
export async function refreshReviews(reviewIds: readonly string[], stores: Refreshing): Promise<void> {
  let left = reviewIds;
  while (left.length > 0) {
    const now = left;
    left = await retryConflicts(WriteConflict, () => refreshSome(now, stores));
  }
}

/**
 * @returns the reviews for another round: one of the same author was written in this one, or what they waited for has come to be
 * known since it was looked for, when whoever told of it may not have met them yet
 */
async function refreshSome(reviewIds: readonly string[], stores: Refreshing): Promise<string[]> {
  const stored = (await stores.reviews.load(reviewIds)).filter(
    ({ record }) => submissionOf(record.facts) !== undefined,
  );
  const authors = new Set<string>();
  const [turn, waiting]: [StoredReview[], StoredReview[]] = [[], []];
  for (const review of stored) {
    const author = submissionOf(review.record.facts)?.data.memberId ?? '';
    (authors.has(author) ? waiting : turn).push(review);
    authors.add(author);
  }
  const questions = turn.map(({ record }) => questionOf(record, stores.policies));
  const surroundings = await stores.surroundings.load(questions);
  const enlisted = await enlistReviews(turn, surroundings, stores);
  const changes = turn.flatMap((review, index) => {
    const around = enlisted[index];
    if (around === undefined) return [];
    const refreshed = refreshReview({ record: review.record, surroundings: around, policies: stores.policies });
    return refreshed === undefined ? [] : stores.refreshed.changeOf(review, around.reviewer, refreshed);
  });
  await stores.tallies.apply(changes);
  const again = await overtaken(questions, enlisted, stores);
  return [...waiting.map(({ record }) => record.reviewId), ...again];
}
