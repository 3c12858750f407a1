import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { type MakerStore, makerStore } from '../../shared/adapters/dynamo/maker-store.ts';
import type { OrderTallyStore } from '../../shared/adapters/dynamo/order-tally-store.ts';
import { type ProductReviewStore, productReviewStore } from '../../shared/adapters/dynamo/product-review-store.ts';
import { type ReviewStore, reviewStore } from '../../shared/adapters/dynamo/review-store.ts';
import { type SourceStore, sourceStore } from '../../shared/adapters/dynamo/source-store.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { type ItemChange, type StreamDependencies, streamHandler } from '../../shared/runtime/stream-handler.ts';
import { countWaiting } from './count-waiting.ts';
import { openOrders } from './open-orders.ts';
import { touchReviewsOf } from './touch-reviews-of.ts';

/** Products worked on at a time: one after the other, an import would wait for each of them in turn. */
const SIDE_BY_SIDE = 32;

export type FollowProducts = StreamDependencies & {
  reviews: ReviewStore;
  products: ProductReviewStore;
  makers: MakerStore;
  orders: OrderTallyStore;
  sources: SourceStore;
};

function open(): FollowProducts {
  const dynamo = dynamoClient();
  const { REPUTATION_TABLE, CATALOG_TABLE } = readEnv('REPUTATION_TABLE', 'CATALOG_TABLE');
  return {
    reviews: reviewStore(dynamo, REPUTATION_TABLE),
    products: productReviewStore(dynamo, REPUTATION_TABLE),
    makers: makerStore(dynamo, { reputation: REPUTATION_TABLE, catalog: CATALOG_TABLE }),
    orders: openOrders(dynamo),
    sources: sourceStore(dynamo, REPUTATION_TABLE),
  };
}

/**
 * A product that becomes known, or is another brand's or supplier's from now on, has its reviews looked at again; orders,
 * inspections and complaints that waited for it are counted for its makers. What was counted for a maker before stays there: it was
 * theirs at that time.
 */
export const handler = streamHandler(open, async (changes, stores, { nowMs }) => {
  const moved = changes.filter(({ before, after }) => makerOf(before) !== makerOf(after));
  const products = new Map(
    moved.map(({ before, after }) => {
      const productId = after?.productId?.S ?? '';
      return [productId, { productId, mark: `product ${productId} ${after?.eventId?.S}`, isNew: before === undefined }];
    }),
  );
  for (let left = [...products.values()]; left.length > 0; left = left.slice(SIDE_BY_SIDE)) {
    const some = left.slice(0, SIDE_BY_SIDE);
    await Promise.all(some.map((product) => touchReviewsOf(product, stores)));
    await countWaiting(some, nowMs, stores);
  }
  return undefined;
});

function makerOf(item: ItemChange['after']): string {
  return item === undefined ? 'unknown' : `known ${item.brandId?.S} ${item.supplierId?.S}`;
}
