import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { outcomeOf } from '../../infra/local/batch.ts';
import { Chaos } from '../../infra/local/chaos.ts';
import { type BatchOutcome, type Consumer, Deliveries, type DeliveryNotice } from '../../infra/local/deliveries.ts';
import { type Message, Store } from '../../infra/local/store.ts';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function newStore(path = ':memory:'): Store {
  const store = new Store(path);
  cleanups.push(() => store.close());
  return store;
}

function send(store: Store, ...bodies: string[]): void {
  store.transaction(() => {
    for (const body of bodies)
      store.add({ queue: 'in', messageId: randomUUID(), body, attributes: {}, visibleAtMs: 0 });
  });
}

type Setup = Partial<Consumer> & { store?: Store; chaos?: Chaos };

function deliver(work: (messages: readonly Message[]) => Promise<BatchOutcome> | BatchOutcome, setup: Setup = {}) {
  const { store = newStore(), chaos, ...consumer } = setup;
  const notices: DeliveryNotice[] = [];
  const deliveries = new Deliveries(
    store,
    [
      {
        queue: 'in',
        batchSize: 10,
        maxConcurrency: 2,
        maxReceiveCount: 3,
        deadLetterQueue: 'dead',
        ...consumer,
        deliver: async (messages) => work(messages),
      },
    ],
    () => chaos,
    (notice) => notices.push(notice),
  );
  cleanups.push(() => deliveries.stop());
  return { store, deliveries, notices };
}

const success: BatchOutcome = new Map();
const failing = (messages: readonly Message[], fails: (body: string) => boolean): BatchOutcome =>
  new Map(messages.filter(({ body }) => fails(body)).map(({ messageId }) => [messageId, 'refused']));

describe('queues', () => {
  it('delivers each message once where all goes well, in batches, in order', async () => {
    const batches: string[][] = [];
    const { store, deliveries } = deliver(
      (messages) => {
        batches.push(messages.map(({ body }) => body));
        return success;
      },
      { maxConcurrency: 1 },
    );
    send(store, ...Array.from({ length: 25 }, (_, index) => String(index)));
    deliveries.start();
    await deliveries.idle();
    expect(batches.map(({ length }) => length)).toEqual([10, 10, 5]);
    expect(batches.flat()).toEqual(Array.from({ length: 25 }, (_, index) => String(index)));
    expect(store.depth('in')).toBe(0);
  });

  it('of ten messages with one poison, nine succeed at once and one ends in the dead-letter queue with its reason', async () => {
    const done: string[] = [];
    const receives: number[] = [];
    const { store, deliveries, notices } = deliver((messages) => {
      const outcome = failing(messages, (body) => body === 'poison');
      for (const { messageId, body, receiveCount } of messages) {
        if (outcome.has(messageId)) receives.push(receiveCount);
        else done.push(body);
      }
      return outcome;
    });
    send(store, '1', '2', '3', '4', 'poison', '5', '6', '7', '8', '9');
    deliveries.start();
    await deliveries.idle();
    expect(done.sort()).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect(receives).toEqual([1, 2, 3]);
    expect(store.list('dead', 10)).toMatchObject([{ body: 'poison', reason: 'refused' }]);
    expect(notices).toMatchObject([{ kind: 'dead-letter', queue: 'dead', reason: 'refused' }]);
  });

  it('redelivers a whole batch when the function throws', async () => {
    let calls = 0;
    const seen: string[] = [];
    const { store, deliveries } = deliver((messages) => {
      calls += 1;
      if (calls === 1) throw new Error('down');
      seen.push(...messages.map(({ body }) => body));
      return success;
    });
    send(store, 'a', 'b');
    deliveries.start();
    await deliveries.idle();
    expect(seen.sort()).toEqual(['a', 'b']);
    expect(store.depth('dead')).toBe(0);
  });

  it('drops and tells what failed too often where there is no dead-letter queue', async () => {
    const store = newStore();
    const notices: DeliveryNotice[] = [];
    const consumer: Consumer = {
      queue: 'in',
      batchSize: 1,
      maxConcurrency: 1,
      maxReceiveCount: 2,
      deliver: async (messages) => failing(messages, () => true),
    };
    const deliveries = new Deliveries(
      store,
      [consumer],
      () => undefined,
      (notice) => notices.push(notice),
    );
    cleanups.push(() => deliveries.stop());
    send(store, 'a');
    deliveries.start();
    await deliveries.idle();
    expect(notices).toMatchObject([{ kind: 'dropped', queue: 'in', message: { body: 'a' } }]);
  });

  it('runs no more batches of a queue at once than its concurrency', async () => {
    let running = 0;
    let most = 0;
    const { store, deliveries } = deliver(
      async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return success;
      },
      { batchSize: 1, maxConcurrency: 3 },
    );
    send(store, ...Array.from({ length: 20 }, (_, index) => String(index)));
    deliveries.start();
    await deliveries.idle();
    expect(most).toBe(3);
  });

  it('does not receive a late message before its time, and receives it then', async () => {
    const store = newStore();
    const visibleAtMs = Date.now() + 60_000;
    store.add({ queue: 'in', messageId: '1', body: 'late', attributes: {}, visibleAtMs });
    expect(store.receive('in', 10, visibleAtMs - 1, Number.MAX_SAFE_INTEGER)).toEqual([]);
    expect(store.receive('in', 10, visibleAtMs, Number.MAX_SAFE_INTEGER)).toMatchObject([
      { body: 'late', receiveCount: 1 },
    ]);
    expect(store.receive('in', 10, visibleAtMs, Number.MAX_SAFE_INTEGER)).toEqual([]);
  });

  it('stops after the batch under way and keeps the rest', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const { store, deliveries } = deliver(
      async () => {
        begin();
        await gate;
        return success;
      },
      { batchSize: 1, maxConcurrency: 1 },
    );
    send(store, 'a', 'b', 'c');
    deliveries.start();
    await begun;
    const stopped = deliveries.stop();
    open();
    await stopped;
    expect(store.list('in', 10).map(({ body }) => body)).toEqual(['b', 'c']);
  });
});

describe('what survives', () => {
  function newFile(): string {
    const directory = mkdtempSync(join(tmpdir(), 'rapport-test-'));
    cleanups.push(() => rmSync(directory, { recursive: true }));
    return join(directory, 'queues.sqlite');
  }

  it('messages, their receives and marks; a message that was held is visible again', () => {
    const file = newFile();
    const store = new Store(file);
    send(store, 'a', 'b');
    expect(store.receive('in', 1, Date.now(), Number.MAX_SAFE_INTEGER)).toHaveLength(1);
    store.setMark('clock', '5');
    // Closed without a word to anybody, as a killed process would.
    store.close();
    const again = newStore(file);
    const received = again.receive('in', 10, Date.now(), Number.MAX_SAFE_INTEGER);
    expect(received.map(({ body, receiveCount }) => [body, receiveCount])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    expect(again.mark('clock')).toBe('5');
  });

  it('nothing of a transaction that failed', () => {
    const store = newStore();
    const work = (): void => {
      store.add({ queue: 'in', messageId: '1', body: 'a', attributes: {}, visibleAtMs: 0 });
      throw new Error('no');
    };
    expect(() => store.transaction(work)).toThrow('no');
    expect(store.depth('in')).toBe(0);
  });
});

describe('the answer to a batch', () => {
  const ids = ['a', 'b'];
  it.each([
    ['nothing', null, []],
    ['no list', {}, []],
    ['an empty list', { batchItemFailures: [] }, []],
    ['a list of null', { batchItemFailures: null }, []],
    ['one failure', { batchItemFailures: [{ itemIdentifier: 'b' }] }, ['b']],
    ['an unknown message', { batchItemFailures: [{ itemIdentifier: 'c' }] }, ['a', 'b']],
    ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }, ['a', 'b']],
    ['a failure without identifier', { batchItemFailures: [{}] }, ['a', 'b']],
    ['no list of failures', { batchItemFailures: 'b' }, ['a', 'b']],
    ['a text', 'fine', ['a', 'b']],
  ])('%s', (_name, answer, failed) => {
    expect([...outcomeOf(answer, ids).keys()]).toEqual(failed);
  });
});

describe('chaos', () => {
  it('draws the same from the same seed, and something else from another', () => {
    const draws = (seed: number): boolean[] => {
      const chaos = new Chaos({ seed, duplicate: 0.5 });
      return Array.from({ length: 64 }, () => chaos.strikes('duplicate'));
    };
    expect(draws(7)).toEqual(draws(7));
    expect(draws(7)).not.toEqual(draws(8));
  });

  it('strikes about as often as it is told', () => {
    const chaos = new Chaos({ seed: 1, delay: 0.25 });
    const struck = Array.from({ length: 4_000 }, () => chaos.strikes('delay')).filter(Boolean).length;
    expect(struck).toBeGreaterThan(900);
    expect(struck).toBeLessThan(1_100);
  });

  it('crashes before and after, and still every message is done in the end', async () => {
    const chaos = new Chaos({ seed: 3, crashBefore: 0.4, crashAfter: 0.4, reorder: 0.5 });
    const done = new Map<string, number>();
    const { store, deliveries } = deliver(
      (messages) => {
        for (const { body } of messages) done.set(body, (done.get(body) ?? 0) + 1);
        return success;
      },
      { chaos, maxReceiveCount: 4, batchSize: 2 },
    );
    const bodies = Array.from({ length: 30 }, (_, index) => String(index));
    send(store, ...bodies);
    deliveries.start();
    await deliveries.idle();
    expect([...done.keys()].sort()).toEqual(bodies.sort());
    expect(Math.max(...done.values())).toBeGreaterThan(1);
    expect(store.depth('dead')).toBe(0);
  });
});
