import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { OrderRecord } from '../../domain/loyalty/order-facts.ts';
import { countsOfOrder, productsWithoutMaker } from '../../domain/reputation/counted-order.ts';
import { canonical } from '../../domain/reputation/counts.ts';
import type { ReviewerRecord } from '../../domain/review/reviewer-record.ts';
import { buyerOf } from '../../domain/review/reviews-awaiting.ts';
import { batchGet } from './batch-get.ts';
import { profileKeys, reputationKeys } from './keys.ts';
import type { MakerStore } from './maker-store.ts';
import { type Item, keyItem, readRecord } from './profile-records.ts';
import { countsOf, type SourceChange, stepsTo, tallyStore } from './tally-store.ts';

export type OrderTallyStore = {
  /** Counts orders as they are by now; where more is known of one than is given, that stays. */
  count(orders: readonly OrderRecord[], nowMs: number): Promise<void>;
  /** Orders by their ids, as they are now. */
  loadOrders(orderIds: readonly string[]): Promise<OrderRecord[]>;
  /** What the buyers of orders have reviewed, by member. */
  loadReviewers(orders: readonly OrderRecord[]): Promise<Map<string, ReviewerRecord>>;
};

/** What has been counted of orders, in the Reputation table. */
export function orderTallyStore(
  client: DynamoDBClient,
  tables: { reputation: string; profile: string },
  makers: Pick<MakerStore, 'makersOf'>,
): OrderTallyStore {
  const table = tables.reputation;
  const tallies = tallyStore(client, table);
  const keyOf = ({ orderId }: OrderRecord) => reputationKeys.orderCounted(orderId);
  return {
    async count(orders, nowMs) {
      const wanted = orders.flatMap((order) =>
        productsWithoutMaker(order).map((productId) => ({ productId, source: keyOf(order) })),
      );
      const [items, known] = await Promise.all([
        batchGet(client, table, orders.map(keyOf), { consistent: true }),
        makers.makersOf(wanted, nowMs),
      ]);
      const counted = new Map(items.map((item) => [item.pk?.S, item]));
      const changes = orders.flatMap((order) => {
        const item = counted.get(keyOf(order).pk);
        if (Number(item?.v?.N ?? 0) > order.version) return [];
        return changesOf(table, order, item, canonical(countsOfOrder(order, known)));
      });
      await tallies.apply(changes);
    },

    async loadOrders(orderIds) {
      const items = await batchGet(client, tables.profile, orderIds.map(profileKeys.order), { consistent: true });
      return items.map((item) => readRecord<Omit<OrderRecord, 'version'>>(item)).filter((it) => it !== undefined);
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

function changesOf(table: string, order: OrderRecord, item: Item | undefined, due: string): SourceChange[] {
  const last = order.facts.at(-1);
  const cause = { eventId: last?.eventId ?? '', type: `order.${last?.kind}.v1`, subject: order.orderId };
  let seen = item?.v?.N;
  return stepsTo(due, countsOf(item).counted ?? '{}').map(({ from, to, delta }) => {
    const version = String(order.version);
    const put = {
      Put: {
        TableName: table,
        Item: { ...keyItem(reputationKeys.orderCounted(order.orderId)), v: { N: version }, counted: { S: to } },
        ...(seen === undefined
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : {
              ConditionExpression: 'v = :seen AND counted = :counted',
              ExpressionAttributeValues: { ':seen': { N: seen }, ':counted': { S: from } },
            }),
      },
    };
    seen = version;
    return { writes: [put], delta, cause };
  });
}
