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
import type { Person, Registration } from '../../domain/member/registration.ts';
import type { Pseudonyms } from '../kms/pseudonyms.ts';
import { loadPersons } from '../vault/persons.ts';
import type { PersonalItems } from '../vault/vault.ts';
import { fromItem, toItem } from './attributes.ts';
import { batchGet } from './batch-get.ts';
import { couponKeys, type Key, profileKeys } from './keys.ts';
import { accountOf, keyItem, readRecord } from './profile-records.ts';

/** What decides whether a member is given something on a birthday. */
export type Celebrant = { account?: Account; registration?: Registration; person?: Person };

export type BirthdayStore = {
  /** The last day whose birthdays have been gone through, `2026-01-05`. */
  birthdaysDoneUntil(): Promise<string | undefined>;
  /** Days are only ever ticked off forward. */
  setBirthdaysDone(day: string): Promise<void>;
  noteBirthday(hint: BirthdayHint): Promise<void>;
  /** Members who may have a birthday, by their ids, from after one of them on. */
  birthdays(monthDay: string, page: { after?: string | undefined; limit: number }): Promise<BirthdayHint[]>;
  forgetBirthday(hint: Pick<BirthdayHint, 'memberId' | 'monthDay'>): Promise<void>;
  /** What is known of members that decides about a birthday: one request, and one to the vault. */
  loadCelebrants(memberIds: readonly string[]): Promise<Map<string, Celebrant>>;
};

/**
 * Who has a birthday when. A day of birth is personal, so that the index goes by a keyed hash of the day: who reads the table learns who share a
 * birthday, and not which.
 */
export function birthdayStore(
  client: DynamoDBClient,
  table: string,
  { pseudonyms, vault }: { pseudonyms: () => Promise<Pseudonyms>; vault: Pick<PersonalItems, 'read'> },
): BirthdayStore {
  const keyOf = async ({ monthDay, memberId }: Pick<BirthdayHint, 'memberId' | 'monthDay'>): Promise<Key> =>
    couponKeys.birthday((await pseudonyms())('birthday', monthDay), memberId);
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
      const { monthDay: _, ...said } = hint;
      const Item = toItem({ ...(await keyOf(hint)), ...said });
      await client.send(new PutItemCommand({ TableName: table, Item }));
    },

    async birthdays(monthDay, { after, limit }) {
      const { pk } = await keyOf({ monthDay, memberId: '' });
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

    async forgetBirthday(hint) {
      await client.send(new DeleteItemCommand({ TableName: table, Key: keyItem(await keyOf(hint)) }));
    },

    async loadCelebrants(memberIds) {
      const keys = memberIds.flatMap((memberId) => [profileKeys.account(memberId), profileKeys.registration(memberId)]);
      const [items, persons] = await Promise.all([
        batchGet(client, table, keys, { consistent: true }),
        loadPersons(vault, memberIds, { consistent: true }),
      ]);
      const byKey = new Map(items.map((item) => [`${item.pk?.S}\n${item.sk?.S}`, item]));
      const find = ({ pk, sk }: Key) => byKey.get(`${pk}\n${sk}`);
      return new Map(
        memberIds.map((memberId) => {
          const account = accountOf(find(profileKeys.account(memberId)))?.account;
          const registration = readRecord<Registration>(find(profileKeys.registration(memberId)));
          const person = persons.get(memberId);
          return [
            memberId,
            { ...(account && { account }), ...(registration && { registration }), ...(person && { person }) },
          ];
        }),
      );
    },
  };
}
