import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { AccountHistory, AccountRecord, GuestFigures, OrderDecision } from '../../domain/loyalty/decide-order.ts';
import type { JournalEntry } from '../../domain/loyalty/journal.ts';
import type { OrderRecord } from '../../domain/loyalty/order-facts.ts';
import type { Visitor } from '../../domain/loyalty/visitor.ts';
import { type AttentionPosition, type AttentionQuestion, attentionPage } from './attention-index.ts';
import { batchGet } from './batch-get.ts';
import { ATTENTION_SHARDS, attentionState, type Key, profileKeys } from './keys.ts';
import { type Item, keyItem, putRecord, readRecord, writeFailure } from './profile-records.ts';

type WriteDecision = Extract<OrderDecision, { kind: 'write' }>;

/** Guest orders are counted on this many items, so that no counter is written by every guest at once. */
const GUEST_SHARDS = 16;

export type ProfileStore = {
  loadOrder(orderId: string): Promise<OrderRecord | undefined>;
  loadAccount(memberId: string): Promise<AccountRecord | undefined>;
  loadVisitor(anonymousId: string): Promise<Visitor | undefined>;
  /** Whether the shop has heard of a member that nothing has been booked to yet. */
  knowsMember(memberId: string): Promise<boolean>;
  /** Reads an order together with an account and a visitor that it probably belongs to, in one request. */
  loadTogether(ids: {
    orderId: string;
    memberId?: string | undefined;
    anonymousId?: string | undefined;
    consistent: boolean;
  }): Promise<{ order?: OrderRecord; account?: AccountRecord; visitor?: Visitor }>;
  /**
   * Everything ever booked to a member, with the account it was booked to: what a fact that comes late costs. The
   * account is read first, so that anything booked in between shows as a conflict when it is written.
   */
  loadHistory(memberId: string): Promise<{ record: AccountRecord; history: AccountHistory }>;
  /** A page of the journal, or undefined where there is none of that number. */
  loadJournalPage(memberId: string, page: number): Promise<JournalEntry[] | undefined>;
  /** Pages of the journal by their numbers, in one request; those that are not there are left out. */
  loadJournalPages(memberId: string, pages: readonly number[]): Promise<Map<number, JournalEntry[]>>;
  /** Orders that need a person, longest first. */
  loadAttention(question: AttentionQuestion): Promise<{ orders: OrderRecord[]; next?: AttentionPosition }>;
  /** Writes all records of a decision or none. Throws WriteConflict where one has changed since it was read. */
  save(decision: WriteDecision): Promise<void>;
  saveVisitor(visitor: Visitor): Promise<void>;
  loadGuestFigures(): Promise<GuestFigures>;
};

/** The Profile table, as the loyalty domain sees it. */
export function profileStore(client: DynamoDBClient, table: string): ProfileStore {
  const get = async (key: Key): Promise<Item | undefined> => {
    const command = new GetItemCommand({ TableName: table, Key: keyItem(key), ConsistentRead: true });
    return (await client.send(command)).Item;
  };
  const store: ProfileStore = {
    async loadOrder(orderId) {
      return readRecord<OrderRecord>(await get(profileKeys.order(orderId)));
    },

    async loadAccount(memberId) {
      return readRecord<AccountRecord>(await get(profileKeys.account(memberId)));
    },

    async loadVisitor(anonymousId) {
      return readRecord<Visitor>(await get(profileKeys.visitor(anonymousId)));
    },

    async knowsMember(memberId) {
      const keys = [profileKeys.registration(memberId), profileKeys.person(memberId)];
      return (await batchGet(client, table, keys)).length > 0;
    },

    async loadTogether({ orderId, memberId, anonymousId, consistent }) {
      const keys = [profileKeys.order(orderId)];
      if (memberId !== undefined) keys.push(profileKeys.account(memberId));
      else if (anonymousId !== undefined) keys.push(profileKeys.visitor(anonymousId));
      const items = await batchGet(client, table, keys, { consistent });
      const find = (sk: string) => items.find((item) => item.sk?.S === sk);
      const order = readRecord<OrderRecord>(find('ORDER'));
      const account = readRecord<AccountRecord>(find('ACCOUNT'));
      const visitor = readRecord<Visitor>(find('VISITOR'));
      return { ...(order && { order }), ...(account && { account }), ...(visitor && { visitor }) };
    },

    async loadHistory(memberId) {
      const record = await store.loadAccount(memberId);
      if (record === undefined) throw new Error('An account without a history was asked for its history.');
      const pages = await queryJournal(client, table, memberId);
      const entries = [...pages, ...record.journal.tail];
      const orderIds = new Set(entries.filter((it) => it.eventType.startsWith('order.')).map((it) => it.subject));
      const keys = [...orderIds].map((orderId) => profileKeys.order(orderId));
      const items = await batchGet(client, table, keys, { consistent: true });
      const orders = items.map((item) => readRecord<OrderRecord>(item)).filter((it) => it !== undefined);
      return { record, history: { entries, orders } };
    },

    async loadJournalPage(memberId, page) {
      return readRecord<{ entries: JournalEntry[] }>(await get(profileKeys.journalPage(memberId, page)))?.entries;
    },

    async loadJournalPages(memberId, pages) {
      const keys = pages.map((page) => profileKeys.journalPage(memberId, page));
      const items = await batchGet(client, table, keys, { consistent: true });
      const bySk = new Map(items.map((item) => [item.sk?.S, readRecord<{ entries: JournalEntry[] }>(item)?.entries]));
      const found = pages.map((page) => [page, bySk.get(profileKeys.journalPage(memberId, page).sk)] as const);
      return new Map(found.filter((it): it is [number, JournalEntry[]] => it[1] !== undefined));
    },

    async loadAttention(question) {
      const { entries, next } = await attentionPage(client, table, question);
      const keys = entries.map(({ key }) => key);
      const items = await batchGet(client, table, keys);
      const byKey = new Map(items.map((item) => [item.pk?.S, item]));
      const orders = keys.map(({ pk }) => readRecord<OrderRecord>(byKey.get(pk))).filter((it) => it !== undefined);
      return { orders, ...(next && { next }) };
    },

    async save(decision) {
      const writes = writesOf(table, decision);
      try {
        const [only] = writes;
        if (writes.length === 1 && only?.Put !== undefined) await client.send(new PutItemCommand(only.Put));
        else await client.send(new TransactWriteItemsCommand({ TransactItems: writes }));
      } catch (error) {
        throw writeFailure(error);
      }
    },

    async saveVisitor(visitor) {
      try {
        await client.send(new PutItemCommand(putRecord(table, profileKeys.visitor(visitor.anonymousId), visitor)));
      } catch (error) {
        throw writeFailure(error);
      }
    },

    async loadGuestFigures() {
      const keys = Array.from({ length: GUEST_SHARDS }, (_, shard) => profileKeys.shopShard(shard));
      const items = await batchGet(client, table, keys);
      const total = (name: string) => items.reduce((sum, item) => sum + Number(item[name]?.N ?? 0), 0);
      return Object.fromEntries(GUEST_FIELDS.map((name) => [name, total(name)])) as GuestFigures;
    },
  };
  return store;
}

const GUEST_FIELDS: readonly (keyof GuestFigures)[] = [
  'orders',
  'completed',
  'cancelled',
  'spend',
  'returned',
  'unitsReturned',
];

function writesOf(table: string, decision: WriteDecision): TransactWriteItem[] {
  const { order } = decision;
  const put = putRecord(table, profileKeys.order(order.orderId), order);
  if (order.attention !== undefined) {
    const { state, sinceMs } = order.attention;
    put.Item.attentionState = { S: attentionState(state, shardOf(order.orderId, ATTENTION_SHARDS)) };
    put.Item.attentionSince = { S: new Date(sinceMs).toISOString() };
  }
  const writes: TransactWriteItem[] = [{ Put: put }];
  for (const { record, pages } of decision.accounts) {
    writes.push({ Put: putRecord(table, profileKeys.account(record.memberId), record) });
    for (const { page, entries } of pages) {
      writes.push({ Put: putRecord(table, profileKeys.journalPage(record.memberId, page), { version: 1, entries }) });
    }
  }
  if (decision.visitor !== undefined) {
    writes.push({ Put: putRecord(table, profileKeys.visitor(decision.visitor.anonymousId), decision.visitor) });
  }
  if (decision.guests !== undefined) writes.push(countGuests(table, order.orderId, decision.guests));
  return writes;
}

function countGuests(table: string, orderId: string, guests: GuestFigures): TransactWriteItem {
  const changed = GUEST_FIELDS.filter((name) => guests[name] !== 0);
  const names = Object.fromEntries(changed.map((name) => [`#${name}`, name]));
  const values = Object.fromEntries(changed.map((name) => [`:${name}`, { N: String(guests[name]) }]));
  return {
    Update: {
      TableName: table,
      Key: keyItem(profileKeys.shopShard(shardOf(orderId, GUEST_SHARDS))),
      UpdateExpression: `ADD ${changed.map((name) => `#${name} :${name}`).join(', ')}`,
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: values,
    },
  };
}

async function queryJournal(client: DynamoDBClient, table: string, memberId: string): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  let start: Item | undefined;
  do {
    const answer = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: {
          ':pk': { S: profileKeys.account(memberId).pk },
          ':prefix': { S: profileKeys.journalPrefix },
        },
        ConsistentRead: true,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    for (const item of answer.Items ?? []) {
      entries.push(...(readRecord<{ entries: JournalEntry[] }>(item)?.entries ?? []));
    }
    start = answer.LastEvaluatedKey;
  } while (start !== undefined);
  return entries;
}

function shardOf(text: string, shards: number): number {
  let hash = 0;
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash % shards;
}
