import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { type ProductReviewStore, productReviewStore } from '../../shared/adapters/dynamo/product-review-store.ts';
import { type ReviewStore, reviewStore } from '../../shared/adapters/dynamo/review-store.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { type ItemChange, type StreamDependencies, streamHandler } from '../../shared/runtime/stream-handler.ts';

type FollowProducts = StreamDependencies & { reviews: ReviewStore; products: ProductReviewStore };

function open(): FollowProducts {
  const dynamo = dynamoClient();
  const { REPUTATION_TABLE } = readEnv('REPUTATION_TABLE');
  return {
    reviews: reviewStore(dynamo, REPUTATION_TABLE),
    products: productReviewStore(dynamo, REPUTATION_TABLE),
  };
}

/** A product that becomes known, or is another brand's or supplier's from now on, has its reviews looked at again. */
export const handler = streamHandler(open, async (changes, { reviews, products }) => {
  const moved = changes.filter(({ before, after }) => makerOf(before) !== makerOf(after));
  for (const { after } of moved) {
    const productId = after?.productId?.S ?? '';
    const mark = `product ${after?.eventId?.S}`;
    for await (const reviewIds of products.reviewsOf(productId)) await reviews.touch(reviewIds, mark);
  }
  return undefined;
});

function makerOf(item: ItemChange['after']): string {
  return item === undefined ? 'unknown' : `known ${item.brandId?.S} ${item.supplierId?.S}`;
}
