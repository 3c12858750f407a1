import { type DynamoDBClient, PutItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import type { AccountRecord } from '../../domain/loyalty/book-postings.ts';
import type { MemberDecision, Person, Registration } from '../../domain/member/registration.ts';
import { batchGet } from './batch-get.ts';
import { type Key, profileKeys } from './keys.ts';
import { accountOf, putRecord, readRecord, writeFailure } from './profile-records.ts';

export type MemberRecords = { account?: AccountRecord; registration?: Registration; person?: Person };

export type MemberStore = {
  /** What is known of a member, whichever of it there is, in one request. */
  load(memberId: string, parts: readonly (keyof MemberRecords)[], consistent: boolean): Promise<MemberRecords>;
  /** The names that members have given themselves, by member; those without one are left out. */
  loadNames(memberIds: readonly string[]): Promise<Map<string, string>>;
  /** Writes the records of a decision, both or none. Throws WriteConflict where one has changed since it was read. */
  save(decision: MemberDecision): Promise<void>;
};

const PARTS: Record<keyof MemberRecords, (memberId: string) => Key> = {
  account: profileKeys.account,
  registration: profileKeys.registration,
  person: profileKeys.person,
};

/** The Profile table, as the member domain sees it. */
export function memberStore(client: DynamoDBClient, table: string): MemberStore {
  return {
    async load(memberId, parts, consistent) {
      const keys = parts.map((part) => PARTS[part](memberId));
      const items = await batchGet(client, table, keys, { consistent });
      const records = parts.map((part) => {
        const item = items.find((it) => it.sk?.S === PARTS[part](memberId).sk);
        return [part, part === 'account' ? accountOf(item) : readRecord(item)] as const;
      });
      return Object.fromEntries(records.filter(([, record]) => record !== undefined)) as MemberRecords;
    },

    async loadNames(memberIds) {
      const items = await batchGet(client, table, memberIds.map(profileKeys.person));
      const people = items.map((item) => readRecord<Omit<Person, 'version'>>(item)).filter((it) => it !== undefined);
      return new Map(
        people.flatMap(({ memberId, displayName }) =>
          displayName === undefined ? [] : [[memberId, displayName.value] as const],
        ),
      );
    },

    async save({ registration, person }) {
      const puts = [
        ...(registration ? [putRecord(table, profileKeys.registration(registration.memberId), registration)] : []),
        ...(person ? [putRecord(table, profileKeys.person(person.memberId), person)] : []),
      ];
      const [only] = puts;
      if (only === undefined) return;
      try {
        if (puts.length === 1) await client.send(new PutItemCommand(only));
        else await client.send(new TransactWriteItemsCommand({ TransactItems: puts.map((Put) => ({ Put })) }));
      } catch (error) {
        throw writeFailure(error);
      }
    },
  };
}
