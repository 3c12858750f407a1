import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { OrderRecord } from '../../domain/loyalty/order-facts.ts';
import { countsOfOrder, productsOf } from '../../domain/reputation/counted-order.ts';
import { canonical } from '../../domain/reputation/counts.ts';
import type { ReviewerRecord } from '../../domain/review/reviewer-record.ts';
import { buyerOf } from '../../domain/review/reviews-awaiting.ts';
import { batchGet } from './batch-get.ts';
import { makersOf } from './catalog-makers.ts';
import { reputationKeys } from './keys.ts';
import { type Item, keyItem, readRecord } from './profile-records.ts';
import { countsOf, deltaOf, type SourceChange, tallyStore } from './tally-store.ts';

export type OrderTallyStore = {
  /** Counts orders as they are by now; what is known of an order in a later version stays. */
  count(orders: readonly OrderRecord[]): Promise<void>;
  /** What the buyers of orders have reviewed, by member. */
  loadReviewers(orders: readonly OrderRecord[]): Promise<Map<string, ReviewerRecord>>;
};

/** What has been counted of orders, in the Reputation table. */
export function orderTallyStore(
  client: DynamoDBClient,
  tables: { reputation: string; catalog: string },
): OrderTallyStore {
  const table = tables.reputation;
  const tallies = tallyStore(client, table);
  return {
    async count(orders) {
      const [items, makers] = await Promise.all([
        batchGet(
          client,
          table,
          orders.map(({ orderId }) => reputationKeys.orderCounted(orderId)),
          { consistent: true },
        ),
        makersOf(client, tables.catalog, orders.flatMap(productsOf)),
      ]);
      const known = new Map(items.map((item) => [item.pk?.S, item]));
      const changes = orders.flatMap((order) => {
        const item = known.get(reputationKeys.orderCounted(order.orderId).pk);
        if (Number(item?.v?.N ?? 0) >= order.version) return [];
        return changeOf(table, order, item, canonical(countsOfOrder(order, makers)));
      });
      await tallies.apply(changes);
    },

    async loadReviewers(orders) {
      const members = orders.map(buyerOf).filter((it) => it !== undefined);
      const items = await batchGet(client, table, members.map(reputationKeys.reviewer), { consistent: true });
      const found = items
        .map((item) => readRecord<Omit<ReviewerRecord, 'version'>>(item))
        .filter((it) => it !== undefined);
      return new Map(found.map((record) => [record.memberId, record]));
    },
  };
}

function changeOf(table: string, order: OrderRecord, item: Item | undefined, due: string): SourceChange[] {
  const { counted = '{}' } = countsOf(item);
  if (due === counted) return [];
  const last = order.facts.at(-1);
  const cause = { eventId: last?.eventId ?? '', type: `order.${last?.kind}.v1`, subject: order.orderId };
  const version = { ':version': { N: String(order.version) } };
  const put = {
    Put: {
      TableName: table,
      Item: { ...keyItem(reputationKeys.orderCounted(order.orderId)), v: version[':version'], counted: { S: due } },
      ...(item?.v?.N === undefined
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: 'v = :seen AND counted = :counted',
            ExpressionAttributeValues: { ':seen': { N: item.v.N }, ':counted': { S: counted } },
          }),
    },
  };
  return [{ writes: [put], delta: deltaOf(due, counted), cause }];
}
