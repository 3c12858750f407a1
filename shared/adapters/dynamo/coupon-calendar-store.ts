import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import type { BirthdayHint } from '../../domain/coupon/birthday.ts';
import type { Account } from '../../domain/loyalty/account.ts';
import type { Person } from '../../domain/member/registration.ts';
import { fromItem, toItem } from './attributes.ts';
import { batchGet } from './batch-get.ts';
import { couponKeys, type Key, profileKeys } from './keys.ts';
import { accountOf, keyItem, readRecord } from './profile-records.ts';
import { shardOf } from './shards.ts';

/** A coupon that expires, as the calendar knows it. */
export type ExpiryEntry = { key: Key; couponId: string };

/** What the schedules go by: days, and what falls on them. */
export type CouponCalendarStore = {
  /** The last day whose birthdays have been gone through, `2026-01-05`. */
  birthdaysDoneUntil(): Promise<string | undefined>;
  /** Days are only ever ticked off forward. */
  setBirthdaysDone(day: string): Promise<void>;
  noteBirthday(hint: BirthdayHint): Promise<void>;
  /** Members who may have a birthday, by their ids, from after one of them on. */
  birthdays(monthDay: string, page: { after?: string | undefined; limit: number }): Promise<BirthdayHint[]>;
  forgetBirthday(hint: BirthdayHint): Promise<void>;
  /** What is known of members that decides about a birthday, in one request. */
  loadCelebrants(memberIds: readonly string[]): Promise<Map<string, { account?: Account; person?: Person }>>;
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

/** The Profile table, as the schedules of the coupon domain see it. */
export function couponCalendarStore(client: DynamoDBClient, table: string): CouponCalendarStore {
  const remove = async (key: Key) => {
    await client.send(new DeleteItemCommand({ TableName: table, Key: keyItem(key) }));
  };
  return {
    async birthdaysDoneUntil() {
      const key = keyItem(couponKeys.birthdaysDone);
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }));
      return Item?.day?.S;
    },

    async setBirthdaysDone(day) {
      const put = new PutItemCommand({
        TableName: table,
        Item: { ...keyItem(couponKeys.birthdaysDone), day: { S: day } },
        ConditionExpression: 'attribute_not_exists(pk) OR #day < :day',
        ExpressionAttributeNames: { '#day': 'day' },
        ExpressionAttributeValues: { ':day': { S: day } },
      });
      try {
        await client.send(put);
      } catch (error) {
        // Another run is further on.
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },

    async noteBirthday(hint) {
      const Item = toItem({ ...couponKeys.birthday(hint.monthDay, hint.memberId), ...hint });
      await client.send(new PutItemCommand({ TableName: table, Item }));
    },

    async birthdays(monthDay, { after, limit }) {
      const { pk } = couponKeys.birthday(monthDay, '');
      const answer = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: after === undefined ? 'pk = :pk' : 'pk = :pk AND sk > :after',
          ExpressionAttributeValues: { ':pk': { S: pk }, ...(after !== undefined && { ':after': { S: after } }) },
          Limit: limit,
        }),
      );
      return (answer.Items ?? []).map((item) => {
        const { memberId, atMs, eventId, notedAtMs } = fromItem(item);
        return {
          memberId: String(memberId),
          monthDay,
          atMs: Number(atMs),
          eventId: String(eventId),
          notedAtMs: Number(notedAtMs),
        };
      });
    },

    forgetBirthday: ({ monthDay, memberId }) => remove(couponKeys.birthday(monthDay, memberId)),

    async loadCelebrants(memberIds) {
      const keys = memberIds.flatMap((memberId) => [profileKeys.account(memberId), profileKeys.person(memberId)]);
      const items = await batchGet(client, table, keys, { consistent: true });
      const byKey = new Map(items.map((item) => [`${item.pk?.S}\n${item.sk?.S}`, item]));
      const find = ({ pk, sk }: Key) => byKey.get(`${pk}\n${sk}`);
      return new Map(
        memberIds.map((memberId) => {
          const account = accountOf(find(profileKeys.account(memberId)))?.account;
          const person = readRecord<Person>(find(profileKeys.person(memberId)));
          return [memberId, { ...(account && { account }), ...(person && { person }) }];
        }),
      );
    },

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

    forgetExpiry: ({ key }) => remove(key),
  };
}
