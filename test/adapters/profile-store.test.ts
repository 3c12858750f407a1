import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  TransactionCanceledException,
  TransactionConflictException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { type ProfileStore, profileStore } from '../../shared/adapters/dynamo/profile-store.ts';
import { type AccountWrite, newAccountRecord } from '../../shared/domain/loyalty/book-postings.ts';
import type { OrderDecision } from '../../shared/domain/loyalty/decide-order.ts';
import type { JournalEntry } from '../../shared/domain/loyalty/journal.ts';
import { newOrder } from '../../shared/domain/loyalty/order-facts.ts';
import { newVisitor } from '../../shared/domain/loyalty/visitor.ts';
import { always } from '../../shared/policy/policies.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import { book } from '../support/book.ts';
import { type Dynoxide, startDynoxide } from '../support/dynoxide.ts';
import { memoryProfileStore } from '../support/memory-profile-store.ts';
import { meteredClient } from '../support/metered-client.ts';
import { deliveries } from '../support/order-histories.ts';
import { at, completed, guestPlaced, identified, placed, returned } from '../support/shop-story.ts';

let dynoxide: Dynoxide;
let table: string;
let profile: ProfileStore;

beforeAll(async () => {
  dynoxide = await startDynoxide();
});
afterAll(() => dynoxide.stop());
beforeEach(async () => {
  table = (await dynoxide.createTables()).profile;
  profile = profileStore(dynoxide.client, table);
});

type Write = Extract<OrderDecision, { kind: 'write' }>;

const order = (version = 1, orderId = 'ord-1') => ({ ...newOrder(orderId), version });
const account = (version = 1, memberId = 'ann') => ({ ...newAccountRecord(memberId, always(currentPolicy)), version });
const visitor = (version = 1) => ({ ...newVisitor('v1'), version, orderIds: ['ord-1'] });
const entry: JournalEntry = {
  seq: 1,
  kind: 'earn',
  state: 'pending',
  points: 1,
  atMs: 0,
  eventId: 'ord-1:placed',
  eventType: 'order.placed.v1',
  subject: 'ord-1',
  policyStamp: 'p',
  arithmetic: '',
};
const write = (parts: Partial<Write> = {}): Write => ({ kind: 'write', order: order(), accounts: [], ...parts });
const accountWrite = (version = 1, pages: AccountWrite['pages'] = []) => ({ record: account(version), pages });

async function keys(): Promise<string[]> {
  const { Items = [] } = await dynoxide.client.send(new ScanCommand({ TableName: table }));
  return Items.map(({ sk, v }) => `${sk?.S} ${v?.N ?? ''}`.trim()).sort();
}

describe('what is saved', () => {
  it('is read as it was decided, each record by its own key', async () => {
    const decision = write({ accounts: [accountWrite()], visitor: visitor() });
    await profile.save(decision);
    expect(await profile.loadOrder('ord-1')).toEqual(decision.order);
    expect(await profile.loadAccount('ann')).toEqual(account());
    expect(await profile.loadVisitor('v1')).toEqual(visitor());
    expect(await keys()).toEqual(['ACCOUNT 1', 'ORDER 1', 'VISITOR 1']);
  });

  it('is not there for any other id', async () => {
    await profile.save(write({ accounts: [accountWrite()], visitor: visitor() }));
    expect(await profile.loadOrder('ann')).toBeUndefined();
    expect(await profile.loadAccount('ord-1')).toBeUndefined();
    expect(await profile.loadVisitor('ann')).toBeUndefined();
    expect(await profile.loadJournalPage('ann', 1)).toBeUndefined();
  });

  it('is read together: the order with the account, or with the visitor where no member is named', async () => {
    await profile.save(write({ accounts: [accountWrite()], visitor: visitor() }));
    const ids = { orderId: 'ord-1', consistent: true };
    expect(await profile.loadTogether({ ...ids, memberId: 'ann', anonymousId: 'v1' })).toEqual({
      order: order(),
      account: account(),
    });
    expect(await profile.loadTogether({ ...ids, anonymousId: 'v1' })).toEqual({ order: order(), visitor: visitor() });
    expect(await profile.loadTogether({ ...ids, consistent: false })).toEqual({ order: order() });
    expect(await profile.loadTogether({ ...ids, orderId: 'no', memberId: 'no' })).toEqual({});
  });
});

describe('a record that has changed since it was read', () => {
  const page = { page: 1, entries: [entry] };
  const losers: { what: string; decision: Write }[] = [
    { what: 'the order', decision: write({ accounts: [accountWrite(2)] }) },
    { what: 'the account', decision: write({ order: order(2), accounts: [accountWrite(1)] }) },
    { what: 'a page of the journal', decision: write({ order: order(2), accounts: [accountWrite(2, [page])] }) },
    { what: 'the visitor', decision: write({ order: order(2), visitor: visitor(1) }) },
    { what: 'an order gone on', decision: write({ order: order(3) }) },
    { what: 'an account gone on', decision: write({ order: order(2), accounts: [accountWrite(3)] }) },
    { what: 'a visitor gone on', decision: write({ order: order(2), visitor: visitor(3) }) },
    { what: "an order alone that is somebody's first", decision: write() },
    {
      what: 'the order of a guest, whose figures then do not move',
      decision: write({
        guests: { orders: 1, completed: 0, cancelled: 0, spend: 5, returned: 0, unitsReturned: 0 },
      }),
    },
  ];

  it.each(losers)('keeps the whole decision from being written: $what', async ({ decision }) => {
    await profile.save(write({ accounts: [accountWrite(1, [page])], visitor: visitor() }));
    const before = await keys();
    await expect(profile.save(decision)).rejects.toThrow(WriteConflict);
    expect(await keys()).toEqual(before);
    expect(await profile.loadGuestFigures()).toMatchObject({ orders: 0, spend: 0 });
  });

  it('is a visitor written alone, too', async () => {
    await profile.saveVisitor(visitor());
    await expect(profile.saveVisitor(visitor())).rejects.toThrow(WriteConflict);
    await profile.saveVisitor({ ...visitor(2), orderIds: [] });
    expect(await profile.loadVisitor('v1')).toEqual({ ...visitor(2), orderIds: [] });
  });

  it('is one of many that are written at once: exactly one wins', async () => {
    const attempts = await Promise.allSettled(
      Array.from({ length: 8 }, () => profile.save(write({ accounts: [accountWrite()] }))),
    );
    expect(attempts.filter((it) => it.status === 'fulfilled')).toHaveLength(1);
  });
});

describe('what DynamoDB answers to a write', () => {
  const metadata = { $metadata: {}, message: 'no' };
  const cancelled = (...codes: string[]) =>
    new TransactionCanceledException({ ...metadata, CancellationReasons: codes.map((Code) => ({ Code })) });
  const both = write({ accounts: [accountWrite()] });

  it.each([
    { what: 'a version has moved on', error: cancelled('None', 'ConditionalCheckFailed'), conflict: true },
    { what: 'another transaction holds an item', error: cancelled('TransactionConflict', 'None'), conflict: true },
    { what: 'both', error: cancelled('TransactionConflict', 'ConditionalCheckFailed'), conflict: true },
    { what: 'throttled', error: cancelled('ThrottlingError', 'None'), conflict: true },
    { what: 'one of each', error: cancelled('ThrottlingError', 'TransactionConflict'), conflict: true },
    { what: 'one that will not pass', error: cancelled('ValidationError', 'ThrottlingError'), conflict: false },
    { what: 'no reason', error: cancelled(), conflict: false },
    { what: 'another error', error: new Error('the network'), conflict: false },
  ])('to a transaction, $what: conflict $conflict', async ({ error, conflict }) => {
    const client = new DynamoDBClient({ region: 'eu-west-1' });
    const mock = mockClient(client);
    mock.on(TransactWriteItemsCommand).rejects(error);
    const saved = profileStore(client, 't').save(both);
    await expect(saved).rejects.toBeInstanceOf(conflict ? WriteConflict : error.constructor);
    if (!conflict) await expect(saved).rejects.toBe(error);
    expect(mock.commandCalls(TransactWriteItemsCommand)).toHaveLength(1);
  });

  it.each([
    { what: 'the version has moved on', error: new ConditionalCheckFailedException(metadata), conflict: true },
    { what: 'a transaction holds the item', error: new TransactionConflictException(metadata), conflict: true },
    { what: 'another error', error: new Error('the network'), conflict: false },
  ])('to a single write, $what: conflict $conflict', async ({ error, conflict }) => {
    const client = new DynamoDBClient({ region: 'eu-west-1' });
    mockClient(client).on(PutItemCommand).rejects(error);
    const store = profileStore(client, 't');
    const expected = conflict ? WriteConflict : error.constructor;
    await expect(store.save(write())).rejects.toBeInstanceOf(expected);
    await expect(store.saveVisitor(visitor())).rejects.toBeInstanceOf(expected);
  });

  it('is asked for as one write where there is one record, and as a transaction where there are more', async () => {
    const client = new DynamoDBClient({ region: 'eu-west-1' });
    const mock = mockClient(client);
    await profileStore(client, 't').save(write());
    expect(mock.commandCalls(PutItemCommand)).toHaveLength(1);
    await profileStore(client, 't').save(both);
    expect(mock.commandCalls(TransactWriteItemsCommand)).toHaveLength(1);
  });
});

describe('a long history', () => {
  const day = (number: number) => new Date(at('2026-01-01') + number * 86_400_000).toISOString();
  const orders = Array.from({ length: 150 }, (_, number) => placed(day(number), { orderId: `ord-${number}` }));

  it('stands on pages of the journal, oldest first, and is read whole', async () => {
    await book(profile, orders);
    const { record, history } = await profile.loadHistory('ann');
    const { count, pages, tail } = record.journal;
    expect(pages).toBeGreaterThan(1);
    expect(history.entries.map((it) => it.seq)).toEqual(Array.from({ length: 150 }, (_, n) => n + 1));
    expect(count).toBe(150);
    expect(history.orders.map((it) => it.orderId).sort()).toEqual(orders.map((it) => it.data.orderId).sort());
    const [first, last] = [await profile.loadJournalPage('ann', 1), await profile.loadJournalPage('ann', pages)];
    expect(first?.[0]?.seq).toBe(1);
    expect(last?.at(-1)?.seq).toBe(150 - tail.length);
    expect(await profile.loadJournalPage('ann', pages + 1)).toBeUndefined();
    const together = await profile.loadJournalPages('ann', [pages + 1, pages, 1]);
    expect([...together]).toEqual([
      [pages, last],
      [1, first],
    ]);
  });

  it('takes a late fact in, over more orders than one read has room for', async () => {
    const many = Array.from({ length: 105 }, (_, n) => placed(day(n + 1), { orderId: `ord-${n}` }));
    const memory = memoryProfileStore();
    const late = placed(day(0), { orderId: 'late', total: 5_000 });
    for (const store of [profile, memory]) await book(store, [...many, late]);
    expect(await profile.loadAccount('ann')).toEqual(await memory.loadAccount('ann'));
    expect((await profile.loadAccount('ann'))?.account.openPoints).toBe(10_550);
  });

  it('is an error where there is not even an account', async () => {
    await expect(profile.loadHistory('nobody')).rejects.toThrow('asked for its history');
  });
});

describe('guest orders', () => {
  it('are added up for the shop, over all counters, also downwards', async () => {
    const many = Array.from({ length: 20 }, (_, n) => guestPlaced('2026-01-05', { orderId: `g${n}`, total: 1_000 }));
    await book(profile, [
      ...many,
      completed('2026-01-06', { orderId: 'g0' }),
      completed('2026-01-06', { orderId: 'g1' }),
      returned('2026-01-07', { 1: 1 }, { orderId: 'g1' }),
      completed('2026-01-06', { orderId: 'g2', memberId: 'ann' }),
    ]);
    expect(await profile.loadGuestFigures()).toEqual({
      orders: 19,
      completed: 2,
      cancelled: 0,
      spend: 1_000,
      returned: 1_000,
      unitsReturned: 1,
    });
    expect((await keys()).filter((it) => it === 'GUESTS').length).toBeGreaterThan(5);
  });

  it('are none at first', async () => {
    expect(await profile.loadGuestFigures()).toEqual({
      orders: 0,
      completed: 0,
      cancelled: 0,
      spend: 0,
      returned: 0,
      unitsReturned: 0,
    });
  });
});

describe('what needs a person', () => {
  const attention = (state: 'waiting' | 'refused', until = '2030-01-01T00:00:00.000Z') =>
    profile.loadAttention({ state, until, limit: 10 });

  it('is listed while it does, and no longer', async () => {
    const nowMs = at('2026-01-06');
    await book(profile, [returned('2026-01-06', { 9: 1 })], { nowMs });
    expect((await attention('waiting')).orders.map((it) => it.attention)).toEqual([
      { state: 'waiting', sinceMs: nowMs },
    ]);
    expect((await attention('waiting', '2026-01-05T23:59:59.999Z')).orders).toEqual([]);
    expect((await attention('refused')).orders).toEqual([]);
    await book(profile, [placed('2026-01-05')], { nowMs: nowMs + 1 });
    expect((await attention('waiting')).orders).toEqual([]);
    expect((await attention('refused')).orders.map((it) => it.attention)).toEqual([
      { state: 'refused', sinceMs: nowMs + 1 },
    ]);
  });

  it('leaves nothing in the index once it is put right', async () => {
    await book(profile, [completed('2026-01-06'), placed('2026-01-05')]);
    const { Items = [] } = await dynoxide.client.send(new ScanCommand({ TableName: table, IndexName: 'attention' }));
    expect(Items).toEqual([]);
    const whole = await dynoxide.client.send(new ScanCommand({ TableName: table }));
    expect(whole.Items?.filter((item) => item.attentionState !== undefined)).toEqual([]);
  });

  it('is given page by page, longest first, each once', async () => {
    for (let number = 0; number < 12; number += 1) {
      await book(profile, [completed('2026-01-06', { orderId: `ord-${number}` })], { nowMs: 1_000 * (12 - number) });
    }
    const found: string[] = [];
    let page = await profile.loadAttention({ state: 'waiting', until: '2030-01-01T00:00:00.000Z', limit: 5 });
    for (;;) {
      found.push(...page.orders.map((it) => it.orderId));
      if (page.next === undefined) break;
      const { next: position } = page;
      page = await profile.loadAttention({ state: 'waiting', until: '2030-01-01T00:00:00.000Z', limit: 5, position });
    }
    expect(found).toEqual(Array.from({ length: 12 }, (_, n) => `ord-${11 - n}`));
  });
});

describe('whether the shop has heard of somebody', () => {
  it('is not told by an account alone', async () => {
    await profile.save(write({ accounts: [accountWrite()] }));
    expect(await profile.knowsMember('ann')).toBe(false);
  });
});

describe('write units of an order', () => {
  const lines = (count: number) =>
    Array.from({ length: count }, (_, n) => ({
      productId: `SKU-${(n * 7919) % 100_000}`,
      quantity: (n % 5) + 1,
      unitPrice: 199 + ((n * 337) % 4_000),
      brandId: `brand-${n % 7}`,
      category: ['Home/Kitchen', 'Food/Tea', 'Garden', 'Toys/Wood'][n % 4],
    }));
  const order = (count: number, number: number) =>
    placed(new Date(at('2026-01-01') + number * 3_600_000).toISOString(), {
      orderId: `536${number}`,
      memberId: '17850',
      channel: 'web',
      lines: lines(count),
    });

  async function unitsOf(happenings: Parameters<typeof book>[1]): Promise<number> {
    const { client, writeUnits } = meteredClient(dynoxide);
    await book(profileStore(client, table), happenings);
    client.destroy();
    return writeUnits();
  }

  it.each([
    { count: 1, budget: 4 },
    { count: 10, budget: 6 },
    { count: 30, budget: 6 },
  ])('of $count lines, the first of a member: at most $budget', async ({ count, budget }) => {
    const units = await unitsOf([order(count, 1)]);
    expect(units).toBeGreaterThanOrEqual(4);
    expect(units).toBeLessThanOrEqual(budget);
  });

  it('of 10 lines, of a member of long standing, are at most 6 on average over the pages it fills', async () => {
    const before = Array.from({ length: 60 }, (_, n) => order(3, n));
    await book(profile, [...before, ...before.map((it) => completed(it.time, { orderId: String(it.data.orderId) }))]);
    const measured = Array.from({ length: 15 }, (_, n) => order(10, 200 + n));
    expect((await unitsOf(measured)) / measured.length).toBeLessThanOrEqual(6);
  });

  it('are none for a fact that is known', async () => {
    await book(profile, [order(10, 1)]);
    expect(await unitsOf([order(10, 1)])).toBe(0);
  });
});

it('behaves as the store in memory that other tests use', async () => {
  await fc.assert(
    fc.asyncProperty(deliveries({ maxOrders: 3 }), async ({ delivered }) => {
      const memory = memoryProfileStore();
      const real = profileStore(dynoxide.client, (await dynoxide.createTables()).profile);
      for (const store of [memory, real]) await book(store, delivered);
      for (const [orderId, expected] of memory.orders) expect(await real.loadOrder(orderId)).toEqual(expected);
      for (const [memberId, expected] of memory.accounts) {
        expect(await real.loadAccount(memberId)).toEqual(expected);
        const [a, b] = await Promise.all([real.loadHistory(memberId), memory.loadHistory(memberId)]);
        expect(a.history.entries).toEqual(b.history.entries);
        const byId = (it: typeof a) => [...it.history.orders].sort((x, y) => (x.orderId < y.orderId ? -1 : 1));
        expect(byId(a)).toEqual(byId(b));
      }
      for (const [anonymousId, expected] of memory.visitors) {
        expect(await real.loadVisitor(anonymousId)).toEqual(expected);
      }
      expect(await real.loadGuestFigures()).toEqual(memory.guests);
    }),
    { numRuns: 12 },
  );
});

it('joins a visitor to a member over the real table', async () => {
  const facts = [placed('2026-01-05', { anonymousId: 'v1' }), identified('2026-01-06', 'v1', 'ann')];
  await book(profile, facts);
  await book(profile, facts);
  expect((await profile.loadAccount('ann'))?.account.openPoints).toBe(100);
  expect(await profile.loadVisitor('v1')).toMatchObject({ version: 2, orderIds: ['ord-1'] });
});
