import {
  type DynamoDBClient,
  PutItemCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { AccountRecord } from '../../domain/loyalty/book-postings.ts';
import type { MemberDecision, Person, Registration } from '../../domain/member/registration.ts';
import { loadPersons, personItem } from '../vault/persons.ts';
import type { PersonalItems } from '../vault/vault.ts';
import { batchGet } from './batch-get.ts';
import { type Key, profileKeys } from './keys.ts';
import { accountOf, putRecord, readRecord, writeFailure } from './profile-records.ts';

/** What is known of a member that names nobody. */
export type OpenMemberRecords = { account?: AccountRecord; registration?: Registration };
export type MemberRecords = OpenMemberRecords & { person?: Person };

/** Members as those see them who need not know who they are. */
export type OpenMemberStore = {
  /** What is known of a member, whichever of it there is, in one request. */
  load(memberId: string, parts: readonly (keyof OpenMemberRecords)[], consistent: boolean): Promise<OpenMemberRecords>;
};

export type MemberStore = {
  /** What is known of a member, whichever of it there is: in one request, and one to the vault for the person. */
  load(memberId: string, parts: readonly (keyof MemberRecords)[], consistent: boolean): Promise<MemberRecords>;
  /**
   * Writes the records of a decision, both or none; of a member who has been erased the person is left out. Throws WriteConflict where one has
   * changed since it was read.
   */
  save(decision: MemberDecision): Promise<void>;
};

const PARTS: Record<keyof OpenMemberRecords, (memberId: string) => Key> = {
  account: profileKeys.account,
  registration: profileKeys.registration,
};

/** The Profile table, as those see it who need not know who a member is. */
export function openMemberStore(client: DynamoDBClient, table: string): OpenMemberStore {
  return {
    async load(memberId, parts, consistent) {
      const keys = parts.map((part) => PARTS[part](memberId));
      const items = await batchGet(client, table, keys, { consistent });
      const records = parts.map((part) => {
        const item = items.find((it) => it.sk?.S === PARTS[part](memberId).sk);
        return [part, part === 'account' ? accountOf(item) : readRecord(item)] as const;
      });
      return Object.fromEntries(records.filter(([, record]) => record !== undefined)) as OpenMemberRecords;
    },
  };
}

/** The Profile table and the persons of the vault, as the member domain sees them. */
export function memberStore(client: DynamoDBClient, table: string, vault: PersonalItems): MemberStore {
  const open = openMemberStore(client, table);
  return {
    async load(memberId, parts, consistent) {
      const opened = parts.filter((it) => it !== 'person');
      const [records, person] = await Promise.all([
        opened.length === 0 ? {} : open.load(memberId, opened, consistent),
        parts.includes('person') ? loadPersons(vault, [memberId], { consistent }) : undefined,
      ]);
      const known = person?.get(memberId);
      return { ...records, ...(known && { person: known }) };
    },

    async save({ registration, person }) {
      const writes: TransactWriteItem[] = [
        ...(registration
          ? [{ Put: putRecord(table, profileKeys.registration(registration.memberId), registration) }]
          : []),
        ...(person ? await vault.writesOf([personItem(person)]) : []),
      ];
      const [only] = writes;
      if (only === undefined) return;
      try {
        if (writes.length === 1 && only.Put !== undefined) await client.send(new PutItemCommand(only.Put));
        else await client.send(new TransactWriteItemsCommand({ TransactItems: writes }));
      } catch (error) {
        throw writeFailure(error);
      }
    },
  };
}
