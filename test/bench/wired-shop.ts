/** Some functions of the stacks, loaded as they are deployed, on metered tables, driven by hand. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord, SQSBatchResponse } from 'aws-lambda';
import { Functions } from '../../infra/local/functions.ts';
import { divertOutput } from '../../infra/local/log.ts';
import { createTables, startTables } from '../../infra/local/tables.ts';
import type { Wiring } from '../../infra/local/wiring/model.ts';
import { shardOf } from '../../shared/adapters/dynamo/shards.ts';
import { setClock } from '../../shared/runtime/clock.ts';
import type { HttpEvent } from '../../shared/runtime/http-handler.ts';
import { startAwsEndpoint } from '../support/aws-endpoint.ts';
import { startKeyService } from '../support/key-service.ts';
import { sqsBatch } from '../support/lambda.ts';
import { CapacityMeter, type Consumption } from './capacity.ts';
import type { SampleEvent } from './sample-orders.ts';
import { StreamFeed } from './stream-feed.ts';
import { NOTHING, startTimer, sumOf, type Took, unitsTaken } from './took.ts';
import { CREDENTIALS, REGION, wiringOfDev } from './wiring-of-dev.ts';

/** What a follower of a table's stream took: all its invocations together. */
export type Following = {
  took: Took;
  invocations: number;
  records: number;
  /** Invocations that ended in a conflict and were given their records again. */
  again: number;
  /** The longest of them, by the clock of this machine. */
  longestMs: number;
};

/** How often an item was written, or would have been but for a condition. */
export type ItemWrites = { key: string; writes: number; refused: number; inTransactions: number };

export type Announced = { type: string; detail: SampleEvent };

export type FollowOptions = {
  /** Records in a batch; at most what the stacks say, and that where it is left out. */
  batchSize?: number;
  /** Shards of the stream, each followed by itself: records of one item are always of the same. */
  shards?: number;
};

type Parts = {
  wiring: Wiring;
  functions: Functions;
  feeds: ReadonlyMap<string, StreamFeed>;
  meter: CapacityMeter;
  bus: Awaited<ReturnType<typeof startAwsEndpoint>>;
  log: unknown[];
  stop: () => Promise<void>;
};

/** Attempts that a stream's follower gets here before the bench gives up. */
const ATTEMPTS = 10;

/**
 * Functions with the environment and the code that they are deployed with. Nothing runs by itself: events are handed to
 * a function, and streams are followed, when that is asked for. The clock is that of the events.
 */
export class WiredShop {
  readonly #parts: Parts;
  readonly #inbox: string;
  #items = new Map<string, ItemWrites>();

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.#inbox = parts.wiring.tables.find(({ name }) => name.endsWith('-inbox'))?.name ?? '';
  }

  /** @param names the functions to load, as the domains name them */
  static async start(names: readonly string[]): Promise<WiredShop> {
    const kept = { ...process.env };
    // What is measured are tables of our own, never those that somebody works with.
    delete process.env.AWS_ENDPOINT_URL_DYNAMODB;
    const tables = await startTables(undefined, new Map());
    const keys = await startKeyService();
    const bus = await startAwsEndpoint();
    bus.answerWith(({ operation, input }) => {
      // A dead letter: the function then says in its log what was wrong, and its message fails.
      if (operation !== 'PutEvents') return 400;
      const entries = input.Entries as unknown[];
      return { FailedEntryCount: 0, Entries: entries.map((_, index) => ({ EventId: String(index) })) };
    });
    const wiring = await wiringOfDev(bus.url);
    const config = { endpoint: tables.endpoint, region: REGION, credentials: CREDENTIALS };
    const client = new DynamoDBClient(config);
    await createTables(client, wiring.tables, false);
    client.destroy();
    const surroundings = {
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      AWS_ENDPOINT_URL_DYNAMODB: tables.endpoint,
      AWS_ENDPOINT_URL_EVENTBRIDGE: bus.url,
      AWS_ENDPOINT_URL_KMS: keys.url,
      AWS_ENDPOINT_URL_SQS: bus.url,
    };
    // A client reads these when it is first used, which is after its module was loaded.
    Object.assign(process.env, surroundings);
    const log: unknown[] = [];
    const functions = await Functions.load({
      functions: wiring.functions.filter(({ name }) => names.includes(name)),
      root: new URL('../..', import.meta.url).pathname.replace(/\/$/, ''),
      surroundings,
      sink: ({ line }) => void log.push(line),
    });
    const undivert = divertOutput();
    const meter = new CapacityMeter();
    const stopMeter = meter.listenToAll();
    const feeds = new Map(
      wiring.streamMappings
        .filter(({ functionName }) => names.includes(functionName))
        .map((mapping) => [mapping.functionName, new StreamFeed({ ...config, mapping })]),
    );
    const stop = async () => {
      stopMeter();
      undivert();
      setClock(Date.now);
      for (const feed of feeds.values()) feed.stop();
      await bus.stop();
      await keys.stop();
      await tables.stop();
      for (const name of Object.keys(surroundings)) {
        delete process.env[name];
        if (kept[name] !== undefined) process.env[name] = kept[name];
      }
    };
    return new WiredShop({ wiring, functions, feeds, meter, bus, log, stop });
  }

  get endpoint(): string {
    return process.env.AWS_ENDPOINT_URL_DYNAMODB ?? '';
  }

  /** The name of the table that ends so. */
  table(suffix: string): string {
    return this.#parts.wiring.tables.find(({ name }) => name.endsWith(`-${suffix}`))?.name ?? '';
  }

  /** The variables that a function is deployed with. */
  environmentOf(name: string): Readonly<Record<string, string>> {
    return this.#parts.wiring.functions.find((it) => it.name === name)?.environment ?? {};
  }

  /** Asks a route, as the HTTP API hands a request on. */
  async ask(name: string, request: HttpEvent, atMs: number): Promise<Took> {
    setClock(() => atMs);
    const { answer, took } = await this.#invoke(name, request);
    const { statusCode, body } = answer as { statusCode: number; body: string };
    if (statusCode !== 200) throw new Error(`${request.routeKey} answered ${statusCode}: ${body}`);
    return { ...took, answerBytes: Buffer.byteLength(body) };
  }

  /** Hands events to a reaction, as one batch of its queue. */
  async react(name: string, events: readonly SampleEvent[]): Promise<Took> {
    const latestMs = Math.max(...events.map(({ time }) => Date.parse(time)));
    setClock(() => latestMs);
    const { answer, took } = await this.#invoke(name, sqsBatch(...events.map((body) => ({ body }))));
    const { batchItemFailures } = answer as SQSBatchResponse;
    if (batchItemFailures.length > 0) throw new Error(`${name} failed: ${this.#lastWords()}`);
    return took;
  }

  /** Hands over what has been written since a follower was last asked. */
  async follow(name: string, { batchSize, shards = 1 }: FollowOptions = {}): Promise<Following & { changes: number }> {
    const feed = this.#parts.feeds.get(name);
    const mapping = this.#parts.wiring.streamMappings.find(({ functionName }) => functionName === name);
    if (feed === undefined || mapping === undefined) throw new Error(`${name} follows no stream here`);
    const size = Math.min(batchSize ?? mapping.batchSize, mapping.batchSize);
    const following: Following = { took: NOTHING, invocations: 0, records: 0, again: 0, longestMs: 0 };
    const changes = await feed.drain(size * shards, async ({ Records }) => {
      const before = startTimer();
      // Side by side, so what they took cannot be told apart: only all of it together.
      this.#begin();
      await Promise.all(
        Array.from({ length: shards }, async (_, shard) => {
          const records = Records.filter((record) => shardOf(record.dynamodb?.Keys?.pk?.S ?? '', shards) === shard);
          for (let from = 0; from < records.length; from += size) {
            await this.#deliver(name, records.slice(from, from + size), following);
          }
        }),
      );
      following.took = sumOf(following.took, { ...this.#end(), ...before() });
      return { batchItemFailures: [] };
    });
    return { ...following, changes };
  }

  /** Has all followers go on until there is nothing left to follow. */
  async settle(options: FollowOptions = {}): Promise<Map<string, Following>> {
    const all = new Map<string, Following>();
    for (let changes = -1; changes !== 0; ) {
      changes = 0;
      for (const name of this.#parts.feeds.keys()) {
        const { changes: some, ...following } = await this.follow(name, options);
        changes += some;
        all.set(name, together(all.get(name), following));
      }
    }
    return all;
  }

  /** What has been put on the bus since this was last asked. */
  announced(): Announced[] {
    const { calls } = this.#parts.bus;
    const entries = calls.flatMap(({ input }) => input.Entries as { Detail: string; DetailType: string }[]);
    calls.length = 0;
    return entries.map(({ Detail, DetailType }) => ({ type: DetailType, detail: JSON.parse(Detail) as SampleEvent }));
  }

  /** How often items were written since this was last asked, the most written first. */
  itemWrites(): ItemWrites[] {
    const items = [...this.#items.values()].sort((a, b) => b.writes + b.refused - (a.writes + a.refused));
    this.#items = new Map();
    return items;
  }

  stop(): Promise<void> {
    return this.#parts.stop();
  }

  /** As Lambda does: what failed is delivered again, from the first record that is not done. */
  async #deliver(name: string, records: readonly DynamoDBRecord[], following: Following): Promise<void> {
    let left = records;
    for (let attempt = 1; left.length > 0; attempt += 1) {
      following.invocations += 1;
      following.records += left.length;
      const startedMs = performance.now();
      const answer = (await this.#parts.functions.invoke(name, { Records: left })) as DynamoDBBatchResponse;
      following.longestMs = Math.max(following.longestMs, performance.now() - startedMs);
      const first = answer.batchItemFailures[0]?.itemIdentifier;
      if (first === undefined) return;
      if (attempt === ATTEMPTS) throw new Error(`${name} failed: ${this.#lastWords()}`);
      following.again += 1;
      left = left.slice(left.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === first));
    }
  }

  async #invoke(name: string, event: unknown): Promise<{ answer: unknown; took: Took }> {
    this.#begin();
    const timer = startTimer();
    const answer = await this.#parts.functions.invoke(name, event);
    const times = timer();
    return { answer, took: { ...this.#end(), ...times, answerBytes: Buffer.byteLength(JSON.stringify(answer)) } };
  }

  #begin(): void {
    this.#note(this.#parts.meter.take());
    this.#parts.log.length = 0;
  }

  #end(): Took {
    const consumed = this.#parts.meter.take();
    this.#note(consumed);
    const { log } = this.#parts;
    const lines = log.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
    return {
      ...NOTHING,
      ...unitsTaken(consumed, { inbox: this.#inbox }),
      logBytes: lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0),
      logLines: lines.length,
    };
  }

  #note(consumed: readonly Consumption[]): void {
    for (const { written, refused, transaction, table } of consumed) {
      if (table === this.#inbox) continue;
      for (const key of written) {
        const known = this.#items.get(key) ?? { key, writes: 0, refused: 0, inTransactions: 0 };
        known[refused ? 'refused' : 'writes'] += 1;
        if (transaction) known.inTransactions += 1;
        this.#items.set(key, known);
      }
    }
  }

  #lastWords(): string {
    return this.#parts.log.map((line) => JSON.stringify(line)).join(' ');
  }
}

export function together(one: Following | undefined, other: Following): Following {
  if (one === undefined) return other;
  return {
    took: sumOf(one.took, other.took),
    invocations: one.invocations + other.invocations,
    records: one.records + other.records,
    again: one.again + other.again,
    longestMs: Math.max(one.longestMs, other.longestMs),
  };
}
