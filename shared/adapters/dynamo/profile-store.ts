import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { AccountHistory, AccountRecord, AccountWrite } from '../../domain/loyalty/book-postings.ts';
import type { CauseRecord } from '../../domain/loyalty/cause-facts.ts';
import type { GuestFigures } from '../../domain/loyalty/decide-order.ts';
import type { JournalEntry } from '../../domain/loyalty/journal.ts';
import type { OrderRecord } from '../../domain/loyalty/order-facts.ts';
import type { Visitor } from '../../domain/loyalty/visitor.ts';
import type { Beside } from '../vault/words.ts';
import { type AttentionPosition, type AttentionQuestion, attentionPage } from './attention-index.ts';
import { batchGet } from './batch-get.ts';
import { ATTENTION_SHARDS, attentionState, type Key, profileKeys } from './keys.ts';
import { accountOf, type Item, keyItem, putRecord, readRecord, writeFailure } from './profile-records.ts';
import { queryPages } from './query-pages.ts';
import { shardOf } from './shards.ts';

/** The records that a decision changes: those of an order or of another cause, and whatever accounts they touch. */
export type Writes = {
  order?: OrderRecord | undefined;
  cause?: CauseRecord | undefined;
  accounts: readonly AccountWrite[];
  visitor?: Visitor | undefined;
  guests?: GuestFigures | undefined;
};

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
  loadCause(memberId: string, causeId: string): Promise<CauseRecord | undefined>;
  /** Reads a cause together with its member's account, in one request. */
  loadCauseTogether(ids: {
    memberId: string;
    causeId: string;
    consistent: boolean;
  }): Promise<{ cause?: CauseRecord; account?: AccountRecord }>;
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
  /** Writes all records of a decision, and what is to stand beside them, or none. Throws WriteConflict where one has changed since it was read. */
  save(writes: Writes, beside?: Beside): Promise<void>;
  saveVisitor(visitor: Visitor): Promise<void>;
  /** Notes that a member is one of those a visitor turned out to be: whoever erases the member finds the visitor by it. */
  noteVisitor(memberId: string, anonymousId: string): Promise<void>;
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
      return accountOf(await get(profileKeys.account(memberId)));
    },

    async loadVisitor(anonymousId) {
      return readRecord<Visitor>(await get(profileKeys.visitor(anonymousId)));
    },

    async knowsMember(memberId) {
      return (await batchGet(client, table, [profileKeys.registration(memberId)])).length > 0;
    },

    async loadTogether({ orderId, memberId, anonymousId, consistent }) {
      const keys = [profileKeys.order(orderId)];
      if (memberId !== undefined) keys.push(profileKeys.account(memberId));
      else if (anonymousId !== undefined) keys.push(profileKeys.visitor(anonymousId));
      const items = await batchGet(client, table, keys, { consistent });
      const find = (sk: string) => items.find((item) => item.sk?.S === sk);
      const order = readRecord<OrderRecord>(find('ORDER'));
      const account = accountOf(find('ACCOUNT'));
      const visitor = readRecord<Visitor>(find('VISITOR'));
      return { ...(order && { order }), ...(account && { account }), ...(visitor && { visitor }) };
    },

    async loadCause(memberId, causeId) {
      return readRecord<CauseRecord>(await get(profileKeys.cause(memberId, causeId)));
    },

    async loadCauseTogether({ memberId, causeId, consistent }) {
      const keys = [profileKeys.cause(memberId, causeId), profileKeys.account(memberId)];
      const items = await batchGet(client, table, keys, { consistent });
      const cause = readRecord<CauseRecord>(items.find((item) => item.sk?.S !== 'ACCOUNT'));
      const account = accountOf(items.find((item) => item.sk?.S === 'ACCOUNT'));
      return { ...(cause && { cause }), ...(account && { account }) };
    },

    async loadHistory(memberId) {
      const record = await store.loadAccount(memberId);
      if (record === undefined) throw new Error('An account without a history was asked for its history.');
      const { pk } = profileKeys.account(memberId);
      const [pages, causeItems] = await Promise.all([
        queryAll(client, table, pk, profileKeys.journalPrefix),
        queryAll(client, table, pk, profileKeys.causePrefix),
      ]);
      const written = pages.flatMap((item) => readRecord<{ entries: JournalEntry[] }>(item)?.entries ?? []);
      const entries = [...written, ...record.journal.tail];
      const causes = causeItems.map((item) => readRecord<CauseRecord>(item)).filter((it) => it !== undefined);
      const orderIds = new Set(entries.filter((it) => it.eventType.startsWith('order.')).map((it) => it.subject));
      const keys = [...orderIds].map((orderId) => profileKeys.order(orderId));
      const items = await batchGet(client, table, keys, { consistent: true });
      const orders = items.map((item) => readRecord<OrderRecord>(item)).filter((it) => it !== undefined);
      return { record, history: { entries, orders, causes } };
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

    async save(decision, beside = []) {
      const writes = [...writesOf(table, decision), ...beside];
      try {
        const [only] = writes;
        if (only === undefined) return;
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

    async noteVisitor(memberId, anonymousId) {
      const Item = keyItem(profileKeys.visitorOf(memberId, anonymousId));
      await client.send(new PutItemCommand({ TableName: table, Item }));
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

function writesOf(table: string, decision: Writes): TransactWriteItem[] {
  const { order, cause } = decision;
  const writes: TransactWriteItem[] = [];
  if (order !== undefined) writes.push({ Put: putOrder(table, order) });
  if (cause !== undefined) {
    writes.push({ Put: putRecord(table, profileKeys.cause(cause.memberId, cause.causeId), cause) });
  }
  for (const { record, pages } of decision.accounts) {
    writes.push({ Put: putRecord(table, profileKeys.account(record.memberId), record) });
    for (const { page, entries } of pages) {
      writes.push({ Put: putRecord(table, profileKeys.journalPage(record.memberId, page), { version: 1, entries }) });
    }
  }
  if (decision.visitor !== undefined) {
    writes.push({ Put: putRecord(table, profileKeys.visitor(decision.visitor.anonymousId), decision.visitor) });
  }
  if (decision.guests !== undefined && order !== undefined) {
    writes.push(countGuests(table, order.orderId, decision.guests));
  }
  return writes;
}

function putOrder(table: string, order: OrderRecord) {
  const put = putRecord(table, profileKeys.order(order.orderId), order);
  // What has been delivered is followed by others; the rest of the orders' changes is not handed to them.
  if (order.facts.some(({ kind }) => kind === 'completed')) put.Item.done = { N: '1' };
  if (order.attention === undefined) return put;
  const { state, sinceMs } = order.attention;
  put.Item.attentionState = { S: attentionState(state, shardOf(order.orderId, ATTENTION_SHARDS)) };
  put.Item.attentionSince = { S: new Date(sinceMs).toISOString() };
  return put;
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

async function queryAll(client: DynamoDBClient, table: string, pk: string, prefix: string): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of queryPages(client, table, pk, prefix)) items.push(...page);
  return items;
}
