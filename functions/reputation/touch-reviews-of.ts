import type { FollowProducts } from './follow-products.ts';

/** A product that is another's than it was; `isNew` where nobody had heard of it before. */
export type FollowedProduct = { productId: string; mark: string; isNew: boolean };

/** Has the reviews of a product looked at again, each once. */
export async function touchReviewsOf(
  { productId, mark, isNew }: FollowedProduct,
  { products, reviews }: Pick<FollowProducts, 'products' | 'reviews'>,
): Promise<void> {
  const touched = new Set<string>();
  // Of a product that nobody had heard of, no review is listed yet.
  for await (const reviewIds of products.reviewsOf(productId, { listed: !isNew })) {
    // A review may stand among its neighbours and in the listing as well.
    const once = new Set(reviewIds.filter((reviewId) => !touched.has(reviewId)));
    for (const reviewId of once) touched.add(reviewId);
    await reviews.touch([...once], mark);
  }
}
