import { CreateTableCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rateLimitStore } from '../../shared/adapters/dynamo/rate-limit-store.ts';
import { Problem } from '../../shared/runtime/errors.ts';
import { createLogger } from '../../shared/runtime/log.ts';
import { rateLimits } from '../../shared/runtime/rate-limits.ts';
import { type Dynoxide, startDynoxide } from '../support/dynoxide.ts';
import { lineCollector } from '../support/lambda.ts';
import { meteredClient } from '../support/metered-client.ts';

let dynoxide: Dynoxide;
beforeAll(async () => {
  dynoxide = await startDynoxide();
});
afterAll(() => dynoxide.stop());

const NOON = Date.parse('2026-01-05T12:00:00Z');
const HOUR_MS = 3_600_000;
let tables = 0;
let table: string;
beforeEach(async () => {
  tables += 1;
  table = `limits-${tables}`;
  await dynoxide.client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    }),
  );
});

const stored = async () => (await dynoxide.client.send(new ScanCommand({ TableName: table }))).Items ?? [];

const window = { windowMs: NOON, forgetMs: NOON + 120_000 };

describe('permits of a window', () => {
  it('are given out up to the limit and no further, whoever asks', async () => {
    const stores = [1, 2, 3].map(() => rateLimitStore(dynoxide.client, table));
    const asked = stores.flatMap((store) =>
      [7, 5, 3, 9].map((wanted) => store.reserve({ ...window, name: 'a', wanted, limit: 40 })),
    );
    const given = await Promise.all(asked);
    expect(given.reduce((sum, count) => sum + count, 0)).toBe(40);
    expect(await stores[0]!.reserve({ ...window, name: 'a', wanted: 1, limit: 40 })).toBe(0);
    expect(await stores[0]!.reserve({ ...window, name: 'b', wanted: 50, limit: 40 })).toBe(40);
    expect(await stores[0]!.reserve({ ...window, windowMs: NOON + 60_000, name: 'a', wanted: 2, limit: 40 })).toBe(2);
  });

  it('are as many as there are left', async () => {
    const store = rateLimitStore(dynoxide.client, table);
    expect(await store.reserve({ ...window, name: 'a', wanted: 8, limit: 10 })).toBe(8);
    expect(await store.reserve({ ...window, name: 'a', wanted: 8, limit: 10 })).toBe(2);
    const [item] = await dynoxide.items(table);
    expect(item).toEqual({ pk: 'COUNT#a', sk: '2026-01-05T12:00:00.000Z', taken: 10, ttl: (NOON + 120_000) / 1_000 });
  });
});

describe('the salt of an hour', () => {
  it('is one for all who ask, and is written over by that of the next', async () => {
    const store = rateLimitStore(dynoxide.client, table);
    const all = await Promise.all([1, 2, 3, 4].map(() => store.salt(NOON, NOON + HOUR_MS)));
    expect(new Set(all.map(({ bytes }) => Buffer.from(bytes).toString('hex'))).size).toBe(1);
    const next = await store.salt(NOON + HOUR_MS, NOON + 2 * HOUR_MS);
    expect(Buffer.from(next.bytes).equals(all[0]!.bytes)).toBe(false);
    expect(await stored()).toHaveLength(1);
    // Whoever is late is told which hour it is.
    const late = await store.salt(NOON, NOON + HOUR_MS);
    expect(late.hourMs).toBe(NOON + HOUR_MS);
    expect(Buffer.from(late.bytes).equals(next.bytes)).toBe(true);
  });
});

const settings = { memberRequests: 30, addressRequests: 50 };
const member = { kind: 'member', memberId: 'mem-1' } as const;
const anonymous = { kind: 'anonymous' } as const;

function processes(count: number, clock: { nowMs: number }, client = dynoxide.client) {
  const { write, lines } = lineCollector();
  const log = createLogger({ write });
  const started = Array.from({ length: count }, () =>
    rateLimits({ store: rateLimitStore(client, table), settings, log, clock: () => clock.nowMs }),
  );
  return { started, lines };
}

const passes = async (counting: Promise<void>): Promise<boolean> => {
  try {
    await counting;
    return true;
  } catch (error) {
    if (error instanceof Problem && error.code === 'too_many_requests') return false;
    throw error;
  }
};

describe('limits over several processes', () => {
  it('let no more through than the limit, over any interleaving, and work again in the next minute', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ at: fc.nat(3), together: fc.integer({ min: 1, max: 25 }) }), {
          minLength: 1,
          maxLength: 12,
        }),
        async (bursts) => {
          run += 1;
          const clock = { nowMs: NOON + 5_000 };
          const { started } = processes(4, clock);
          const caller = { kind: 'member', memberId: `mem-${run}` } as const;
          let asked = 0;
          let passed = 0;
          for (const { at, together } of bursts) {
            asked += together;
            const answers = await Promise.all(
              Array.from({ length: together }, () => passes(started[at]!.count(caller, undefined))),
            );
            passed += answers.filter(Boolean).length;
          }
          expect(passed).toBeLessThanOrEqual(settings.memberRequests);
          // What is held back lies unused with other processes: of each at most one block.
          expect(passed).toBeGreaterThanOrEqual(Math.min(asked, settings.memberRequests - 3 * 3));
          clock.nowMs = NOON + 60_000;
          expect(await passes(started[0]!.count(caller, undefined))).toBe(true);
        },
      ),
      { numRuns: 40, seed: 6 },
    );
  });

  it('are one process alone met exactly', async () => {
    const { started } = processes(1, { nowMs: NOON });
    const answers = [];
    for (let count = 0; count < 40; count += 1) answers.push(await passes(started[0]!.count(member, undefined)));
    expect(answers.filter(Boolean)).toHaveLength(settings.memberRequests);
    expect(answers.slice(settings.memberRequests)).not.toContain(true);
  });

  it('count members, and addresses of those without a token, each by itself, and no service', async () => {
    const { started } = processes(1, { nowMs: NOON });
    const [limits] = started;
    for (let count = 0; count < 60; count += 1) await limits!.count({ kind: 'service', scopes: ['desk'] }, '192.0.2.1');
    expect(await dynoxide.items(table)).toEqual([]);
    const count = async (caller: typeof member | typeof anonymous, address?: string) => {
      let passed = 0;
      while (passed < 100 && (await passes(limits!.count(caller, address)))) passed += 1;
      return passed;
    };
    expect(await count(anonymous, '192.0.2.1')).toBe(50);
    expect(await count(anonymous, '192.0.2.2')).toBe(50);
    expect(await count(member, '192.0.2.1')).toBe(30);
    // A request of which nobody knows where it comes from is one of the same unknown address.
    expect(await count(anonymous)).toBe(50);
    const text = JSON.stringify(await stored());
    expect(text).toContain('COUNT#');
    expect(text).not.toContain('192.0.2');
    expect(text).not.toContain('mem-1');
  });

  it('refuse with the time at which to come again', async () => {
    const { started } = processes(1, { nowMs: NOON + 12_300 });
    const asked = Array.from({ length: 31 }, () => started[0]!.count(member, undefined));
    const refused = (await Promise.allSettled(asked)).filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatchObject({ reason: { code: 'too_many_requests', extensions: { retryAfterSeconds: 48 } } });
  });

  it('hold where clocks differ by an hour: the process that is behind counts with the others', async () => {
    const [behind, ahead] = [processes(1, { nowMs: NOON - 1 }), processes(1, { nowMs: NOON })];
    const take = async (limits: typeof behind) => {
      let passed = 0;
      while (passed < 100 && (await passes(limits.started[0]!.count(member, undefined)))) passed += 1;
      return passed;
    };
    expect(await take(ahead)).toBe(30);
    expect(await take(behind)).toBe(0);
  });
});

it('requests pass, and the log says so, where the counters do not answer', async () => {
  const { lines, write } = lineCollector();
  const store = {
    salt: () => Promise.reject(new Error('192.0.2.1 cannot be reached')),
    reserve: () => Promise.resolve(0),
  };
  const limits = rateLimits({ store, settings, log: createLogger({ write }), clock: () => NOON });
  for (let count = 0; count < 100; count += 1) await limits.count(anonymous, '192.0.2.1');
  expect(lines.length).toBeGreaterThan(10);
  // A block each, so that not every request waits for what does not answer.
  expect(lines.length).toBeLessThan(60);
  expect(lines[0]).toMatchObject({
    level: 'warn',
    message: 'requests pass uncounted',
    counted: 'address',
    requests: 1,
  });
  expect(JSON.stringify(lines)).not.toContain('192.0.2');
});

it('cost a small part of a write for each request', async () => {
  const metered = meteredClient(dynoxide);
  const limits = rateLimits({
    store: rateLimitStore(metered.client, table),
    settings: { memberRequests: 300, addressRequests: 6_000 },
    log: createLogger({ write: () => undefined }),
    clock: () => NOON,
  });
  for (let count = 0; count < 300; count += 1) await limits.count(member, undefined);
  // One for the salt, and blocks of 5, 5, 10, 20 and then 30.
  expect(metered.writeUnits()).toBe(14);
  for (let count = 0; count < 1_000; count += 1) await limits.count(anonymous, '192.0.2.1');
  expect(metered.writeUnits() - 14).toBe(5);
  metered.client.destroy();
});
