import {
  type DynamoDBClient,
  PutItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { ErasureReceipt } from '../../domain/privacy/erasure.ts';
import { batchGet } from './batch-get.ts';
import { batchDelete, batchPut } from './batch-put.ts';
import { inboxKeys, type Key, vaultKeys } from './keys.ts';
import { type Item, keyItem, putRecord, readRecord, writeFailure } from './profile-records.ts';
import { queryPages } from './query-pages.ts';

/** A receipt as it is kept; `version` counts the writes. */
export type KeptReceipt = ErasureReceipt & { version: number };

export type ErasureStore = {
  load(memberId: string): Promise<KeptReceipt | undefined>;
  /**
   * Marks a member as erased and destroys the member's key, both or neither: from then on nothing of theirs is taken in, sealed or opened.
   * `known` where another erasure has begun, of which the receipt stands. The member's reviews are noted for as long as the erasure is on the list.
   */
  begin(memberId: string, receipt: ErasureReceipt, reviewIds: readonly string[]): Promise<'begun' | 'known'>;
  /** The reviews that were the member's when the erasure began: nothing else leads to them once they are nobody's. */
  reviewsOf(memberId: string): Promise<string[]>;
  /** Throws WriteConflict where the receipt has changed since it was read. */
  save(memberId: string, receipt: KeptReceipt): Promise<void>;
  /** Destroys the keys of owners (`ORDER#id` ...), whether they have one or not, and makes sure that none is ever made. */
  destroyKeys(owners: readonly string[]): Promise<void>;
  /** The members whose erasure is to be gone through, or once more. */
  open(): Promise<string[]>;
  /** Takes a member off that list. */
  close(memberId: string): Promise<void>;
  /** Puts every member on it that was ever erased, as after a restore; how many there are. */
  reopenAll(): Promise<number>;
};

/** As many as one item holds with room to spare; of more than these the others are found by the record of their author alone. */
const REVIEWS_NOTED = 2_000;

/** Erasures, in the Inbox and the Vault table. */
export function erasureStore(client: DynamoDBClient, tables: { inbox: string; vault: string }): ErasureStore {
  const listed = async (prefix: string): Promise<string[]> => {
    const ids: string[] = [];
    for await (const items of queryPages(client, tables.inbox, inboxKeys.erasures, prefix)) {
      ids.push(...items.map((item) => (item.sk?.S ?? '').slice(prefix.length)));
    }
    return ids;
  };
  return {
    async load(memberId) {
      const [item] = await batchGet(client, tables.inbox, [inboxKeys.erasureReceipt(memberId)], { consistent: true });
      return readRecord<ErasureReceipt>(item);
    },

    async begin(memberId, receipt, reviewIds) {
      const inInbox = (key: Key, more: Item = {}) => ({
        Put: { TableName: tables.inbox, Item: { ...keyItem(key), ...more } },
      });
      const noted = reviewIds.slice(0, REVIEWS_NOTED);
      const marker = inInbox(inboxKeys.erased(memberId), { memberId: { S: memberId } });
      const writes = [
        { Put: putRecord(tables.inbox, inboxKeys.erasureReceipt(memberId), { ...receipt, version: 1 }) },
        marker,
        inInbox(inboxKeys.erasure(memberId)),
        inInbox(inboxKeys.openErasure(memberId), noted.length === 0 ? {} : { reviews: { SS: noted } }),
        { Put: { TableName: tables.vault, Item: destroyed(`MEMBER#${memberId}`) } },
      ];
      try {
        await client.send(new TransactWriteItemsCommand({ TransactItems: writes }));
        return 'begun';
      } catch (error) {
        const [first] = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
        if (first?.Code === 'ConditionalCheckFailed') return 'known';
        throw writeFailure(error);
      }
    },

    async reviewsOf(memberId) {
      const [item] = await batchGet(client, tables.inbox, [inboxKeys.openErasure(memberId)], { consistent: true });
      return item?.reviews?.SS ?? [];
    },

    async save(memberId, receipt) {
      const record = { ...receipt, version: receipt.version + 1 };
      try {
        await client.send(new PutItemCommand(putRecord(tables.inbox, inboxKeys.erasureReceipt(memberId), record)));
      } catch (error) {
        throw writeFailure(error);
      }
    },

    async destroyKeys(owners) {
      await batchPut(client, tables.vault, owners.map(destroyed));
    },

    open: () => listed(inboxKeys.openErasurePrefix),

    async close(memberId) {
      await batchDelete(client, tables.inbox, [inboxKeys.openErasure(memberId)]);
    },

    async reopenAll() {
      const members = await listed(inboxKeys.erasurePrefix);
      const items = members.map((memberId) => keyItem(inboxKeys.openErasure(memberId)));
      await batchPut(client, tables.inbox, items);
      return members.length;
    },
  };
}

/** A key that is no more, and that no other can take the place of. */
function destroyed(owner: string): Item {
  return { ...keyItem(vaultKeys.key(owner)), erased: { BOOL: true } };
}
