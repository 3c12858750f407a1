import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import type { StoredReview } from '../../shared/adapters/dynamo/review-store.ts';
import { anonymisedInBand, anonymisedInWindow, anonymiseReview } from '../../shared/domain/review/anonymise-review.ts';
import { refreshReview } from '../../shared/domain/review/refresh-review.ts';
import { questionOf } from '../../shared/domain/review/review-question.ts';
import { newReviewer } from '../../shared/domain/review/reviewer-record.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import type { ErasureStores } from './stores.ts';

type Stores = Pick<ErasureStores, 'reviews' | 'surroundings' | 'refreshed' | 'tallies' | 'policies'>;

/**
 * Takes the author off a review, wherever it is told of: in its neighbours' surroundings first, where it is found by what the review still
 * says of itself, then in its own record and its listing, which change together.
 */
export async function anonymiseReviewOf(reviewId: string, nowMs: number, stores: Stores): Promise<void> {
  await retryConflicts(WriteConflict, async () => {
    const [review] = await stores.reviews.load([reviewId]);
    if (review === undefined || review.record.version === 0) return;
    await leaveNeighbours(review, stores);
    const record = anonymiseReview(review.record, nowMs);
    if (record === undefined) return;
    const policies = await stores.policies.load();
    // What stood around it has no say any more, and its author least of all.
    const reviewer = newReviewer('');
    const around = { orders: [], reviewer, votes: { helpful: 0, unhelpful: 0, ofStaff: {} }, windows: [], bands: [] };
    const refreshed = refreshReview({ record, surroundings: around, policies });
    if (refreshed === undefined) return stores.reviews.saveFacts({ ...review, record });
    const after = { ...refreshed, changed: true };
    await stores.tallies.apply(stores.refreshed.changeOf(review, reviewer, after));
  });
}

async function leaveNeighbours({ record }: StoredReview, stores: Stores): Promise<void> {
  if (record.anonymisedAtMs !== undefined || record.facts.every(({ kind }) => kind !== 'submitted')) return;
  const asked = questionOf(record, await stores.policies.load());
  const [around] = await stores.surroundings.load([asked]);
  for (const window of around?.windows ?? []) {
    const after = anonymisedInWindow(window, record.reviewId);
    if (after !== window) await stores.surroundings.saveWindow(after, []);
  }
  for (const band of around?.bands ?? []) {
    const after = anonymisedInBand(band, record.reviewId);
    if (after !== band) await stores.surroundings.saveBand(after, []);
  }
}
