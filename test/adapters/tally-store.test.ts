import { type DynamoDBClient, type TransactWriteItem, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Key } from '../../shared/adapters/dynamo/keys.ts';
import { keyItem, WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import {
  countsOf,
  deltaOf,
  SHOP_SHARDS,
  type SourceChange,
  type TallyStore,
  tallyStore,
} from '../../shared/adapters/dynamo/tally-store.ts';
import { type Counts, canonical } from '../../shared/domain/reputation/counts.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import { type Dynoxide, startDynoxide } from '../support/dynoxide.ts';

let dynoxide: Dynoxide;
let table: string;
let tallies: TallyStore;

beforeAll(async () => {
  dynoxide = await startDynoxide();
});
beforeEach(async () => {
  // Keys, index and stream are those of the Reputation table.
  table = (await dynoxide.createTables()).profile;
  tallies = tallyStore(dynoxide.client, table);
});
afterAll(() => dynoxide.stop());

const keyOf = (n: number): Key => ({ pk: `SOURCE#${n}`, sk: 'SOURCE' });
const cause = (n: number) => ({ eventId: `e${n}`, type: 'review.submitted.v1', subject: `s${n}` });

/** A source that nobody has counted yet. */
const put = (n: number, due: Counts): TransactWriteItem => ({
  Put: {
    TableName: table,
    Item: { ...keyItem(keyOf(n)), due: { S: canonical(due) }, cause: { S: JSON.stringify(cause(n)) } },
  },
});

/** A source that is counted in the very write that brings it. */
const counted = (n: number, due: Counts): SourceChange => ({
  writes: [
    {
      Put: {
        TableName: table,
        Item: { ...keyItem(keyOf(n)), due: { S: canonical(due) }, counted: { S: canonical(due) } },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
  ],
  delta: due,
  cause: cause(n),
});

async function write(...writes: TransactWriteItem[]): Promise<void> {
  for (let from = 0; from < writes.length; from += 100) {
    await dynoxide.client.send(new TransactWriteItemsCommand({ TransactItems: writes.slice(from, from + 100) }));
  }
}

const countersOf = async (target: string) => (await tallies.load([target])).get(target)?.counters;
const pot = (reviews: number): Counts => ({
  'PRODUCT#pot': { 'reviews@2026q1': reviews },
  SHOP: { 'reviews@2026q1': reviews },
});

/** A client that counts how often each item is written, and now and then finds it taken by somebody else. */
function watched(client: DynamoDBClient, isTaken: (attempt: number) => boolean = () => false) {
  const writes = new Map<string, number>();
  let attempts = 0;
  const watching = new Proxy(client, {
    get(target, name, receiver) {
      if (name !== 'send') return Reflect.get(target, name, receiver) as unknown;
      return async (command: { input: { TransactItems?: TransactWriteItem[] } }) => {
        const items = command.input.TransactItems;
        if (items !== undefined) {
          attempts += 1;
          if (isTaken(attempts)) throw new WriteConflict('taken');
        }
        const answer = await target.send(command as never);
        for (const { Put, Update } of items ?? []) {
          const key = Put?.Item ?? Update?.Key;
          const written = `${key?.pk?.S} ${key?.sk?.S}`;
          writes.set(written, (writes.get(written) ?? 0) + 1);
        }
        return answer;
      };
    },
  });
  return { client: watching, writes };
}

describe('counters', () => {
  it('are none for a target of which nothing has been counted', async () => {
    expect(await tallies.load(['PRODUCT#pot', 'SHOP'])).toEqual(new Map());
  });

  it('have the sum of all sources, with what brought the last change about', async () => {
    await tallies.apply([counted(1, pot(1)), counted(2, pot(2))]);
    expect(await tallies.load(['PRODUCT#pot', 'SHOP'])).toEqual(
      new Map([
        ['PRODUCT#pot', { counters: { 'reviews@2026q1': 3 }, cause: cause(2) }],
        ['SHOP', { counters: { 'reviews@2026q1': 3 }, cause: cause(2) }],
      ]),
    );
  });

  it('are given together for the shop, which has them in parts', async () => {
    for (let n = 0; n < 40; n += 1) await tallies.apply([counted(n, pot(1))]);
    const parts = (await dynoxide.items(table)).filter(({ pk }) => String(pk).startsWith('SHOP#'));
    expect(parts.length).toBeGreaterThan(SHOP_SHARDS / 2);
    expect(await countersOf('SHOP')).toEqual({ 'reviews@2026q1': 40 });
  });

  it('change with their source, or neither does', async () => {
    await tallies.apply([counted(1, pot(1))]);
    await expect(tallies.apply([counted(1, pot(5)), counted(2, pot(5))])).rejects.toBeInstanceOf(WriteConflict);
    expect(await countersOf('PRODUCT#pot')).toEqual({ 'reviews@2026q1': 1 });
  });

  it('take as many changes as there are, none twice in one transaction', async () => {
    const change = (n: number, to: number): SourceChange => ({ ...counted(n, pot(to)), writes: [put(n, pot(to))] });
    await tallies.apply([change(1, 1), change(1, 2), change(2, 1)]);
    expect(await countersOf('PRODUCT#pot')).toEqual({ 'reviews@2026q1': 4 });
  });

  it('of many targets in one batch fit into what a transaction takes', async () => {
    const many = Array.from({ length: 150 }, (_, n) =>
      counted(n, { [`PRODUCT#p${n}`]: { 'orders@2026q1': 1 }, SHOP: { 'orders@2026q1': 1 } }),
    );
    await tallies.apply(many);
    expect(await countersOf('SHOP')).toEqual({ 'orders@2026q1': 150 });
    expect(await countersOf('PRODUCT#p149')).toEqual({ 'orders@2026q1': 1 });
  });

  it('of many quarters in one batch fit into what an expression takes', async () => {
    const names = Array.from({ length: 500 }, (_, n) => `reviews@${1900 + Math.floor(n / 4)}q${1 + (n % 4)}`);
    await tallies.apply(names.map((name, n) => counted(n, { 'PRODUCT#pot': { [name]: 1 } })));
    expect(Object.keys((await countersOf('PRODUCT#pot')) ?? {})).toHaveLength(500);
  });
});

describe('sources are settled', () => {
  const due = (n: number) => pot(n % 3);

  it('once, however often they are asked about', async () => {
    await write(put(1, pot(1)), put(2, pot(2)));
    const keys = [keyOf(1), keyOf(2), keyOf(1), keyOf(9)];
    await tallies.settle(keys);
    await tallies.settle(keys);
    expect(await countersOf('PRODUCT#pot')).toEqual({ 'reviews@2026q1': 3 });
  });

  it('by what they call for now, less what was counted of them', async () => {
    await write(put(1, pot(5)));
    await tallies.settle([keyOf(1)]);
    const item = (await dynoxide.items(table)).find(({ pk }) => pk === keyOf(1).pk);
    expect(item).toMatchObject({ due: canonical(pot(5)), counted: canonical(pot(5)) });
    await write({
      Update: {
        TableName: table,
        Key: keyItem(keyOf(1)),
        UpdateExpression: 'SET due = :due',
        ExpressionAttributeValues: { ':due': { S: canonical({ 'PRODUCT#cup': { 'reviews@2026q1': 2 } }) } },
      },
    });
    await tallies.settle([keyOf(1)]);
    expect(await countersOf('PRODUCT#pot')).toEqual({ 'reviews@2026q1': 0 });
    expect(await countersOf('PRODUCT#cup')).toEqual({ 'reviews@2026q1': 2 });
  });

  it('in several steps where one of them names more than a transaction takes', async () => {
    const targets = Array.from({ length: 300 }, (_, n) => [`PRODUCT#p${n}`, { 'complaints@2026q1': 1 }]);
    const many: Counts = { ...Object.fromEntries(targets), SHOP: { 'complaints@2026q1': 1 } };
    await write(put(1, many));
    await Promise.all([1, 2].map(() => retryConflicts(WriteConflict, () => tallies.settle([keyOf(1)]))));
    for (const n of [0, 150, 299])
      expect(await countersOf(`PRODUCT#p${n}`), `p${n}`).toEqual({ 'complaints@2026q1': 1 });
    expect(await countersOf('SHOP')).toEqual({ 'complaints@2026q1': 1 });
  });

  it('exactly once by several who settle them at the same time', async () => {
    const keys = Array.from({ length: 60 }, (_, n) => keyOf(n));
    await write(...keys.map((_, n) => put(n, due(n))));
    const overlapping = [keys.slice(0, 40), keys.slice(20), keys.toReversed(), keys];
    await Promise.all(overlapping.map((some) => retryConflicts(WriteConflict, () => tallies.settle(some))));
    expect(await countersOf('PRODUCT#pot')).toEqual({ 'reviews@2026q1': 60 });
    expect(await countersOf('SHOP')).toEqual({ 'reviews@2026q1': 60 });
  });

  it('exactly once where others are in the way again and again', async () => {
    const keys = Array.from({ length: 200 }, (_, n) => keyOf(n));
    await write(...keys.map((_, n) => put(n, due(n))));
    const { client } = watched(dynoxide.client, (attempt) => attempt % 3 !== 0);
    await retryConflicts(WriteConflict, () => tallyStore(client, table).settle(keys));
    expect(await countersOf('PRODUCT#pot')).toEqual({ 'reviews@2026q1': 199 });
  });

  it('of one product with at most a quarter as many writes on any item, in the batches that a stream hands over', async () => {
    const EVENTS = 1_000;
    const keys = Array.from({ length: EVENTS }, (_, n) => keyOf(n));
    await write(...keys.map((_, n) => put(n, pot(1))));
    const { client, writes } = watched(dynoxide.client);
    const busy = tallyStore(client, table);
    for (let from = 0; from < EVENTS; from += 100) await busy.settle(keys.slice(from, from + 100));
    expect(await countersOf('PRODUCT#pot')).toEqual({ 'reviews@2026q1': EVENTS });
    expect(Math.max(...writes.values())).toBeLessThanOrEqual(EVENTS / 4);
    expect(writes.get('PRODUCT#pot TALLY')).toBeLessThanOrEqual(25);
  });
});

describe('the difference of a source', () => {
  it('is what it calls for now, less what was counted', () => {
    expect(deltaOf(canonical(pot(3)), canonical(pot(1)))).toEqual(pot(2));
    expect(deltaOf('{}', canonical(pot(1)))).toEqual(pot(-1));
    expect(deltaOf(canonical(pot(1)), canonical(pot(1)))).toEqual({});
  });

  it('of one never written is nothing', () => {
    expect(countsOf(undefined)).toEqual({});
  });
});
