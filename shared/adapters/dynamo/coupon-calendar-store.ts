import { DeleteItemCommand, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { couponKeys, type Key } from './keys.ts';
import { keyItem } from './profile-records.ts';
import { shardOf } from './shards.ts';

/** A coupon that expires, as the calendar knows it. */
export type ExpiryEntry = { key: Key; couponId: string };

/** What expires, and when. */
export type CouponCalendarStore = {
  /** Coupons that expire before an instant and have not been forgotten, of each shard the earliest first. */
  expiring(beforeMs: number, limitPerShard: number): Promise<ExpiryEntry[]>;
  forgetExpiry(entry: ExpiryEntry): Promise<void>;
};

/** Coupons are spread over this many partitions, so that giving many at once makes no hot key. */
const EXPIRY_SHARDS = 4;

/** Lists a coupon under the instant at which it expires. */
export function expiryPut(table: string, couponId: string, endMs: number) {
  const time = new Date(endMs).toISOString();
  const key = couponKeys.expiry(shardOf(couponId, EXPIRY_SHARDS), { time, couponId });
  return { TableName: table, Item: { ...keyItem(key), couponId: { S: couponId } } };
}

/** The Profile table, as who gives expired coupons back sees it. */
export function couponCalendarStore(client: DynamoDBClient, table: string): CouponCalendarStore {
  return {
    async expiring(beforeMs, limitPerShard) {
      const before = new Date(beforeMs).toISOString();
      const shards = await Promise.all(
        Array.from({ length: EXPIRY_SHARDS }, async (_, shard) => {
          const { pk } = couponKeys.expiry(shard, { time: '', couponId: '' });
          const answer = await client.send(
            new QueryCommand({
              TableName: table,
              KeyConditionExpression: 'pk = :pk AND sk < :before',
              ExpressionAttributeValues: { ':pk': { S: pk }, ':before': { S: before } },
              Limit: limitPerShard,
              ConsistentRead: true,
            }),
          );
          return answer.Items ?? [];
        }),
      );
      return shards.flat().map((item) => ({
        key: { pk: item.pk?.S ?? '', sk: item.sk?.S ?? '' },
        couponId: item.couponId?.S ?? '',
      }));
    },

    async forgetExpiry({ key }) {
      await client.send(new DeleteItemCommand({ TableName: table, Key: keyItem(key) }));
    },
  };
}
