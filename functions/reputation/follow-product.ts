import { countWaiting } from './count-waiting.ts';
import type { FollowProducts } from './follow-products.ts';

/** Has the reviews of a product looked at again, each once, and everything counted that waited for it. */
export async function followProduct(
  product: { productId: string; mark: string; nowMs: number },
  stores: FollowProducts,
): Promise<void> {
  const touched = new Set<string>();
  for await (const reviewIds of stores.products.reviewsOf(product.productId)) {
    // A review may stand among its neighbours and in the listing as well.
    const once = new Set(reviewIds.filter((reviewId) => !touched.has(reviewId)));
    for (const reviewId of once) touched.add(reviewId);
    await stores.reviews.touch([...once], product.mark);
  }
  await countWaiting(product, stores);
}
