import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import type { OrderTallyStore } from '../../shared/adapters/dynamo/order-tally-store.ts';
import { readRecord, WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { type ReviewStore, reviewStore } from '../../shared/adapters/dynamo/review-store.ts';
import { type ReviewerStore, reviewerStore } from '../../shared/adapters/dynamo/reviewer-store.ts';
import type { OrderRecord } from '../../shared/domain/loyalty/order-facts.ts';
import { reviewsAwaiting } from '../../shared/domain/review/reviews-awaiting.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import { type StreamDependencies, streamHandler } from '../../shared/runtime/stream-handler.ts';
import { openOrders } from './open-orders.ts';
import { touchMembers } from './touch-members.ts';

type FollowOrders = StreamDependencies & { orders: OrderTallyStore; reviews: ReviewStore; reviewers: ReviewerStore };

function open(): FollowOrders {
  const dynamo = dynamoClient();
  const { REPUTATION_TABLE } = readEnv('REPUTATION_TABLE');
  return {
    orders: openOrders(dynamo),
    reviews: reviewStore(dynamo, REPUTATION_TABLE),
    reviewers: reviewerStore(dynamo, REPUTATION_TABLE),
  };
}

/**
 * Counts orders that have been delivered, and what came back of them, for the products, brands and suppliers they name; many of
 * them in one write on each counter. Reviews that waited for one of these orders are looked at again, and so are those of members
 * who turn out to be known for longer: a table's changes are handed to two followers at most, so that this one takes both.
 */
export const handler = streamHandler(open, async (changes, { orders, reviews, reviewers }, { nowMs }) => {
  await touchMembers(changes, { reviews, reviewers });
  const changed = new Map<string, OrderRecord>();
  for (const { after } of changes.filter(({ keys }) => keys.sk?.S === 'ORDER')) {
    const order = readRecord<Omit<OrderRecord, 'version'>>(after);
    // Of an order that has changed twice the later version says all.
    if (order !== undefined && (changed.get(order.orderId)?.version ?? 0) < order.version) {
      changed.set(order.orderId, order);
    }
  }
  const known = [...changed.values()];
  await retryConflicts(WriteConflict, () => orders.count(known, nowMs));
  const awaiting = reviewsAwaiting(known, await orders.loadReviewers(known));
  await Promise.all(
    awaiting.map(({ reviewId, orderId }) =>
      reviews.touch([reviewId], `order ${orderId} ${changed.get(orderId)?.version}`),
    ),
  );
  return undefined;
});
