/**
 * Reads the change stream of a table and hands it to a function, in order, in batches. The position moves on only after
 * the function succeeded, and is kept, so a record is delivered at least once and none is left out, whatever dies.
 */
import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
  type _Record as StreamRecord,
} from '@aws-sdk/client-dynamodb-streams';
import { outcomeOf } from './batch.ts';
import type { Chaos } from './chaos.ts';
import { REDELIVERY_STEP_MS } from './deliveries.ts';
import type { Store } from './store.ts';
import type { StreamMapping, Wiring } from './wiring/model.ts';

/** How often an idle stream is looked at, for changes that did not come from a function of this runtime. */
const IDLE_POLL_MS = 1_000;
/** How long changes are let gather after an invocation before the stream is read. */
const GATHER_MS = 20;
/**
 * Records read at once. A batch is made of those that pass the filter: of a stream with many that do not, full batches come
 * together only when more is read than a batch holds.
 */
const READ_LIMIT = 1_000;
/** The wait between attempts grows up to this many steps. */
const LONGEST_BACKOFF_STEPS = 10;

export type StreamReaderOptions = {
  mapping: StreamMapping;
  client: DynamoDBStreamsClient;
  store: Store;
  region: string;
  chaos: () => Chaos | undefined;
  invoke: (event: unknown) => Promise<unknown>;
  /** Told when a batch has failed too often: it is kept in the failure queue, where there is one, and passed over. */
  onGivenUp: (records: readonly StreamRecord[], reason: string) => void;
  onError: (error: unknown) => void;
};

type Shard = { streamArn: string; shardId: string; position: string | undefined; iterator: string | undefined };

export class StreamReader {
  readonly #options: StreamReaderOptions;
  readonly #markName: string;
  #shards: Shard[] = [];
  #timer: NodeJS.Timeout | undefined;
  #gathering = false;
  #running = false;
  #reading: Promise<number> | undefined;

  constructor(options: StreamReaderOptions) {
    this.#options = options;
    this.#markName = markName(options.mapping.table, options.mapping.functionName);
  }

  /** Finds the stream and where it was left. */
  async start(): Promise<void> {
    const { client, mapping, store } = this.#options;
    const { Streams = [] } = await client.send(new ListStreamsCommand({ TableName: mapping.table }));
    const streamArn = Streams.at(-1)?.StreamArn;
    if (streamArn === undefined) throw new Error(`The table ${mapping.table} has no stream`);
    const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn: streamArn }));
    const known = parsePositions(store.mark(this.#markName));
    this.#shards = (StreamDescription?.Shards ?? []).map(({ ShardId = '' }) => ({
      streamArn,
      shardId: ShardId,
      position: known[`${streamArn}/${ShardId}`],
      iterator: undefined,
    }));
    this.#running = true;
    this.wake();
  }

  /** Tells that there may be changes. */
  wake(): void {
    if (this.#running && !this.#gathering) this.#pollIn(GATHER_MS, true);
  }

  /**
   * Reads until there is nothing left.
   * @returns how many records were delivered
   */
  async drain(): Promise<number> {
    let total = 0;
    while (this.#running) {
      // A reading that is under way may have begun before the last change, so it does not count as having seen the end.
      if (this.#reading !== undefined) total += await this.#reading;
      const delivered = await this.#read();
      total += delivered;
      if (delivered === 0) return total;
    }
    return total;
  }

  /** Ends after the batch under way. */
  async stop(): Promise<void> {
    this.#running = false;
    clearTimeout(this.#timer);
    await this.#reading;
  }

  /**
   * Begins anew after `stop`, from the start of the stream; for a table that was emptied together with its stream. A
   * reading that was still under way would bring an iterator of the old stream back, so it has to have stopped first.
   */
  startOver(): void {
    for (const shard of this.#shards) {
      shard.position = undefined;
      shard.iterator = undefined;
    }
    this.#running = true;
    this.#gathering = false;
    this.wake();
  }

  #pollIn(ms: number, gathering: boolean): void {
    clearTimeout(this.#timer);
    this.#gathering = gathering;
    this.#timer = setTimeout(() => {
      this.#gathering = false;
      // A reading under way may already have passed the change this is about.
      void (this.#reading ?? Promise.resolve(0)).then(() => (this.#running ? this.#read() : 0));
    }, ms);
    this.#timer.unref();
  }

  /** Reads to the end once; a second call joins the first. Never rejects. */
  #read(): Promise<number> {
    this.#reading ??= this.#readShards()
      .catch((error: unknown) => {
        this.#options.onError(error);
        for (const shard of this.#shards) shard.iterator = undefined;
        return 0;
      })
      .finally(() => {
        this.#reading = undefined;
        if (this.#running && !this.#gathering) this.#pollIn(IDLE_POLL_MS, false);
      });
    return this.#reading;
  }

  async #readShards(): Promise<number> {
    let total = 0;
    for (const shard of this.#shards) {
      for (let delivered = -1; delivered !== 0 && this.#running; total += delivered)
        delivered = await this.#readBatch(shard);
    }
    return total;
  }

  async #readBatch(shard: Shard): Promise<number> {
    const { client, mapping } = this.#options;
    shard.iterator ??= await this.#iteratorOf(shard);
    const { Records = [], NextShardIterator } = await client.send(
      new GetRecordsCommand({ ShardIterator: shard.iterator, Limit: READ_LIMIT }),
    );
    const wanted = Records.filter((record) => mapping.matches(record as Readonly<Record<string, unknown>>));
    for (let from = 0; from < wanted.length && this.#running; from += mapping.batchSize) {
      await this.#deliver(shard, wanted.slice(from, from + mapping.batchSize), 0);
    }
    // What the filter leaves out behind the last one wanted is passed over, too, unless the delivery was interrupted.
    if (this.#running) this.#moveOn(shard, Records.at(-1));
    if (this.#running) shard.iterator = NextShardIterator;
    return Records.length;
  }

  async #iteratorOf({ streamArn, shardId, position }: Shard): Promise<string> {
    const at =
      position === undefined
        ? { ShardIteratorType: 'TRIM_HORIZON' as const }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' as const, SequenceNumber: position };
    const { ShardIterator } = await this.#options.client.send(
      new GetShardIteratorCommand({ StreamArn: streamArn, ShardId: shardId, ...at }),
    );
    if (ShardIterator === undefined) throw new Error(`The stream of ${this.#options.mapping.table} gave no iterator`);
    return ShardIterator;
  }

  /**
   * Delivers a batch until it is done, split where the mapping says so, or given up.
   * @param failures how often these records, with others, have failed before
   */
  async #deliver(shard: Shard, records: readonly StreamRecord[], failures: number): Promise<void> {
    const { mapping } = this.#options;
    let rest = records;
    let failed = failures;
    while (rest.length > 0) {
      const { failedFrom, reason } = await this.#attempt(rest, failed);
      if (failedFrom > 0) {
        this.#moveOn(shard, rest[failedFrom - 1]);
        rest = rest.slice(failedFrom);
        // What is left begins with another record: a batch of its own, with attempts of its own.
        failed = 0;
      }
      if (rest.length === 0) return;
      failed += 1;
      if (failed > mapping.maxRetryAttempts) {
        this.#options.onGivenUp(rest, reason);
        this.#moveOn(shard, rest.at(-1));
        return;
      }
      if (!this.#running) return;
      await new Promise((resolve) => setTimeout(resolve, REDELIVERY_STEP_MS * Math.min(failed, LONGEST_BACKOFF_STEPS)));
      if (mapping.bisectOnError && rest.length > 1) {
        const middle = Math.ceil(rest.length / 2);
        await this.#deliver(shard, rest.slice(0, middle), failed);
        if (!this.#running) return;
        rest = rest.slice(middle);
      }
    }
  }

  /** @returns the index of the first record that is not done; the length of the list where all are */
  async #attempt(records: readonly StreamRecord[], failed: number): Promise<{ failedFrom: number; reason: string }> {
    const { mapping, invoke, chaos, region } = this.#options;
    // The last attempts are spared: bad luck alone must not make a record be given up.
    const misfortune = failed < mapping.maxRetryAttempts - 1 ? chaos() : undefined;
    if (misfortune?.strikes('crashBefore') === true) return { failedFrom: 0, reason: 'chaos' };
    const delivered = misfortune?.strikes('duplicate') === true ? [...records, ...records] : records;
    try {
      const answer = await invoke({
        Records: delivered.map((record) => lambdaRecordOf(record, mapping.table, region)),
      });
      if (misfortune?.strikes('crashAfter') === true) return { failedFrom: 0, reason: 'chaos' };
      if (!mapping.reportsItemFailures) return { failedFrom: records.length, reason: '' };
      const numbers = records.map(sequenceNumberOf);
      const outcome = outcomeOf(answer, numbers);
      const first = numbers.findIndex((number) => outcome.has(number));
      if (first < 0) return { failedFrom: records.length, reason: '' };
      return { failedFrom: first, reason: outcome.get(numbers[first] ?? '') ?? '' };
    } catch (error) {
      return { failedFrom: 0, reason: error instanceof Error ? error.message : String(error) };
    }
  }

  #moveOn(shard: Shard, last: StreamRecord | undefined): void {
    if (last === undefined) return;
    shard.position = sequenceNumberOf(last);
    const positions = this.#shards.flatMap(({ streamArn, shardId, position }) =>
      position === undefined ? [] : [[`${streamArn}/${shardId}`, position]],
    );
    this.#options.store.setMark(this.#markName, JSON.stringify(Object.fromEntries(positions)));
  }
}

function sequenceNumberOf(record: StreamRecord): string {
  return record.dynamodb?.SequenceNumber ?? '';
}

/** A record as Lambda hands it over: binary values in base64, the time in seconds. */
export function lambdaRecordOf(record: StreamRecord, table: string, region: string): unknown {
  const { ApproximateCreationDateTime, ...change } = record.dynamodb ?? {};
  const event = {
    ...record,
    awsRegion: region,
    eventSourceARN: `arn:aws:dynamodb:${region}:000000000000:table/${table}/stream/local`,
    dynamodb: {
      ...change,
      ApproximateCreationDateTime: Math.floor((ApproximateCreationDateTime?.getTime() ?? 0) / 1000),
    },
  };
  return JSON.parse(
    JSON.stringify(event, (_key, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
    ),
  ) as unknown;
}

/**
 * How far every reader of a table's stream has come, for tables with a stream: records up to there are not needed any
 * more. Infinity where nobody reads it.
 */
export function consumedUpTo(store: Store, wiring: Wiring): ReadonlyMap<string, number> {
  const tables = wiring.tables.filter(({ streamView }) => streamView !== undefined);
  return new Map(
    tables.map(({ name }) => {
      const readers = wiring.streamMappings.filter(({ table }) => table === name);
      const reached = readers.map(({ functionName }) => {
        const positions = Object.values(parsePositions(store.mark(markName(name, functionName)))).map(Number);
        return positions.length === 0 ? 0 : Math.min(...positions);
      });
      return [name, Math.min(...reached)];
    }),
  );
}

function markName(table: string, functionName: string): string {
  return `stream:${table}:${functionName}`;
}

function parsePositions(mark: string | undefined): Record<string, string> {
  return mark === undefined ? {} : (JSON.parse(mark) as Record<string, string>);
}
