import type { ReviewStore, StoredReview } from '../../shared/adapters/dynamo/review-store.ts';
import { submissionOf } from '../../shared/domain/review/review-facts.ts';
import { reviewDetails } from '../../shared/domain/review/review-view.ts';

/** Reviews with their words, as the desk and their authors see them. */
export async function detailsOf(reviews: Pick<ReviewStore, 'loadWords'>, found: readonly StoredReview[]) {
  const submissions = found.flatMap(({ record }) => {
    const eventId = submissionOf(record.facts)?.eventId;
    return eventId === undefined ? [] : [{ reviewId: record.reviewId, eventId }];
  });
  const words = await reviews.loadWords(submissions);
  return found.map(({ record }) => reviewDetails(record, words.get(record.reviewId)));
}
