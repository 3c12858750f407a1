import type { StoredReview } from '../../shared/adapters/dynamo/review-store.ts';
import { joinNeighbours } from '../../shared/domain/review/join-neighbours.ts';
import type { ReviewSurroundings } from '../../shared/domain/review/review-surroundings.ts';
import type { Refreshing } from './refresh-reviews.ts';

/**
 * Puts reviews into the windows of their products and into the bands of their texts, one write for each however many join it,
 * and gives their surroundings back with themselves in them.
 */
export async function enlistReviews(
  reviews: readonly StoredReview[],
  surroundings: readonly ReviewSurroundings[],
  stores: Refreshing,
): Promise<ReviewSurroundings[]> {
  const records = reviews.map(({ record }) => record);
  const joined = joinNeighbours(records, surroundings, stores.policies);
  await Promise.all([
    ...joined.windows.map(({ window, touched }) => stores.surroundings.saveWindow(window, touched)),
    ...joined.bands.map(({ band, touched }) => stores.surroundings.saveBand(band, touched)),
  ]);
  return joined.surroundings;
}
