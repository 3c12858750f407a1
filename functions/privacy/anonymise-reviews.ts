import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { anonymisedInBand, anonymisedInWindow, anonymiseReview } from '../../shared/domain/review/anonymise-review.ts';
import { refreshReview } from '../../shared/domain/review/refresh-review.ts';
import { questionOf, type ReviewQuestion } from '../../shared/domain/review/review-question.ts';
import { newReviewer } from '../../shared/domain/review/reviewer-record.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import type { ErasureStores } from './stores.ts';

type Stores = Pick<ErasureStores, 'reviews' | 'surroundings' | 'refreshed' | 'tallies' | 'policies'>;

/**
 * Takes the author off a review, wherever it is told of: in its neighbours' surroundings first, where it is found by what the review still
 * says of itself, then in its own record and its listing, which change together. Of one that is anonymous already the surroundings are looked
 * through again: somebody may have been putting it there all the while.
 */
export async function anonymiseReviewOf(reviewId: string, nowMs: number, stores: Stores): Promise<void> {
  await retryConflicts(WriteConflict, async () => {
    const [review] = await stores.reviews.load([reviewId]);
    if (review === undefined || review.record.version === 0) return;
    const policies = await stores.policies.load();
    const asked = questionOf(review.record, policies);
    const bands = review.record.bandsLeft ?? asked.bands;
    if (asked.productId !== '') await leaveNeighbours({ ...asked, bands }, stores);
    const record = anonymiseReview(review.record, nowMs, bands);
    if (record === undefined) return;
    // What stood around it has no say any more, and its author least of all.
    const reviewer = newReviewer('');
    const around = { orders: [], reviewer, votes: { helpful: 0, unhelpful: 0, ofStaff: {} }, windows: [], bands: [] };
    const refreshed = refreshReview({ record, surroundings: around, policies });
    if (refreshed === undefined) return stores.reviews.saveFacts({ ...review, record });
    const after = { ...refreshed, changed: true };
    await stores.tallies.apply(stores.refreshed.changeOf(review, reviewer, after));
  });
}

async function leaveNeighbours(asked: ReviewQuestion, stores: Stores): Promise<void> {
  const [around] = await stores.surroundings.load([asked]);
  for (const window of around?.windows ?? []) {
    const after = anonymisedInWindow(window, asked.reviewId);
    if (after !== window) await stores.surroundings.saveWindow(after, []);
  }
  for (const band of around?.bands ?? []) {
    const after = anonymisedInBand(band, asked.reviewId);
    if (after !== band) await stores.surroundings.saveBand(after, []);
  }
}
