import { type AttributeValue, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { MEDIA_TYPE_BATCH } from '../../events/envelope.ts';
import { createTables, startTables } from '../../infra/local/tables.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { eventBridgeClient, eventBus } from '../../shared/adapters/eventbridge/publish.ts';
import { setClock } from '../../shared/runtime/clock.ts';
import { startAwsEndpoint } from '../support/aws-endpoint.ts';
import { httpEvent, lambdaContext, sqsBatch } from '../support/lambda.ts';
import { CapacityMeter } from './capacity.ts';
import { sizeOf } from './item-size.ts';
import type { SampleEvent } from './sample-orders.ts';
import { type QueueHandler, type ShopHandlers, shopHandlers } from './shop-handlers.ts';
import { StreamFeed } from './stream-feed.ts';
import { kindIn, NOTHING, startTimer, sumOf, type Took, unitsTaken } from './took.ts';
import { CREDENTIALS, REGION, wiringOfDev } from './wiring-of-dev.ts';

/** What was published, from how many records of the stream, and what the invocations took that published it. */
export type Publishing = {
  took: Took;
  invocations: number;
  records: number;
  events: number;
  bytes: number;
  types: Record<string, number>;
};

/** A request to a route that changes something. */
export type Command = {
  domain: 'loyalty' | 'coupon';
  route: string;
  path: Record<string, string>;
  body: Record<string, unknown>;
  scope: 'members:write' | 'desk';
  atMs: number;
};

export type Stored = { items: number; bytes: number };

const READER_BATCH = 100;

type Bus = Awaited<ReturnType<typeof startAwsEndpoint>>;
type BusEntry = { Detail: string; DetailType: string };
type Parts = {
  endpoint: string;
  bus: Bus;
  tables: { profile: string; inbox: string };
  feed: StreamFeed;
  stop: () => Promise<void>;
};

/**
 * The handlers as they are deployed, on tables as they are deployed, with every request to the tables metered. There is
 * no bus in between: an event is handed from one to the next, so that each can be measured by itself. The clock is that
 * of the events.
 */
export class MeteredShop {
  readonly #parts: Parts;
  readonly #client: DynamoDBClient;
  readonly #meter: CapacityMeter;
  readonly #handlers: ShopHandlers;
  readonly #stop: () => Promise<void>;
  #log: string[] = [];

  private constructor(parts: Parts) {
    const client = dynamoClient({ endpoint: parts.endpoint, region: REGION, credentials: CREDENTIALS });
    const busClient = eventBridgeClient({ endpoint: parts.bus.url, region: REGION, credentials: CREDENTIALS });
    const write = (line: string): void => void this.#log.push(line);
    this.#parts = parts;
    this.#client = client;
    this.#meter = new CapacityMeter();
    this.#meter.listen(client);
    this.#handlers = shopHandlers({ client, tables: parts.tables, bus: eventBus(busClient, 'bus'), write });
    this.#stop = async () => {
      setClock(Date.now);
      client.destroy();
      busClient.destroy();
      await parts.stop();
    };
  }

  static async start(): Promise<MeteredShop> {
    // What is measured are tables of our own, never those that somebody works with.
    delete process.env.AWS_ENDPOINT_URL_DYNAMODB;
    const running = await startTables(undefined, new Map());
    const bus = await startAwsEndpoint();
    bus.answerWith(({ input }) => {
      const entries = input.Entries as unknown[];
      return { FailedEntryCount: 0, Entries: entries.map((_, index) => ({ EventId: String(index) })) };
    });
    const wiring = await wiringOfDev();
    const config = { endpoint: running.endpoint, region: REGION, credentials: CREDENTIALS };
    const client = new DynamoDBClient(config);
    await createTables(client, wiring.tables, false);
    client.destroy();
    const named = (suffix: string) => wiring.tables.find(({ name }) => name.endsWith(suffix))?.name ?? '';
    const tables = { profile: named('-profile'), inbox: named('-inbox') };
    const mapping = wiring.streamMappings.find(({ table }) => table === tables.profile);
    if (mapping === undefined) throw new Error('Nothing reads the stream of the Profile table');
    const feed = new StreamFeed({ ...config, mapping });
    const stop = async () => {
      feed.stop();
      await bus.stop();
      await running.stop();
    };
    return new MeteredShop({ endpoint: running.endpoint, bus, tables, feed, stop });
  }

  /** Sends events through `POST /v1/events`, as one request. */
  async intake(events: readonly SampleEvent[]): Promise<Took> {
    moveClock(events);
    const request = httpEvent('POST /v1/events', {
      headers: { 'content-type': MEDIA_TYPE_BATCH },
      body: JSON.stringify(events),
      claims: { sub: 'storefront', scope: 'events:write' },
    });
    return this.#measure(async () => {
      const { statusCode, body } = await this.#handlers.http.intake(request, lambdaContext());
      if (statusCode !== 202 || body.includes('"problem"')) throw new Error(`Intake answered ${statusCode}: ${body}`);
      return body;
    });
  }

  /** Hands events of one type to their reaction, as one batch of its queue. */
  react(events: readonly SampleEvent[]): Promise<Took> {
    return this.#react(this.#handlers.reactions, events);
  }

  /** The same to the reaction that the coupon domain has to them. */
  reactForCoupons(events: readonly SampleEvent[]): Promise<Took> {
    return this.#react(this.#handlers.couponReactions, events);
  }

  /** Takes events in and reacts to them, one after the other. */
  async live(events: readonly SampleEvent[]): Promise<void> {
    for (const event of events) {
      await this.intake([event]);
      await this.react([event]);
    }
  }

  /** Sends a command to its route. */
  async command({ domain, route, path, body, scope, atMs }: Command): Promise<Took> {
    setClock(() => atMs);
    const headers = { 'content-type': 'application/json' };
    const claims = { sub: 'storefront', scope };
    const request = httpEvent(route, { headers, path, body: JSON.stringify(body), claims });
    return this.#measure(async () => {
      const answer = await this.#handlers.http[domain](request, lambdaContext());
      if (answer.statusCode >= 300) throw new Error(`${route} answered ${answer.statusCode}: ${answer.body}`);
      return answer.body;
    });
  }

  /** One run of the hourly booking of what has fallen due. */
  async bookDue(atMs: number): Promise<{ took: Took; members: number }> {
    setClock(() => atMs);
    let members = 0;
    const took = await this.#measure(async () => {
      members = await this.#handlers.bookDue(atMs);
      return '';
    });
    return { took, members };
  }

  /** One night's look at all accounts and their journals. */
  async countMembers(atMs: number): Promise<{ took: Took; members: number }> {
    setClock(() => atMs);
    let members = 0;
    const took = await this.#measure(async () => {
      members = await this.#handlers.countMembers(atMs);
      return '';
    });
    return { took, members };
  }

  /** Gives the publisher what has been written since this was last asked, in batches. */
  async publish(batchSize = READER_BATCH): Promise<Publishing> {
    const { bus, feed } = this.#parts;
    const told: Publishing = { took: NOTHING, invocations: 0, records: 0, events: 0, bytes: 0, types: {} };
    bus.calls.length = 0;
    await feed.drain(batchSize, async (event) => {
      const took = await this.#measure(async () => {
        const { batchItemFailures } = await this.#handlers.publisher(event, lambdaContext());
        if (batchItemFailures.length > 0) throw new Error(`The publisher failed: ${this.#log.join(' ')}`);
        return '';
      });
      told.took = sumOf(told.took, took);
      told.invocations += 1;
      told.records += event.Records.length;
      return { batchItemFailures: [] };
    });
    for (const { Detail, DetailType } of bus.calls.flatMap(({ input }) => input.Entries as BusEntry[])) {
      told.events += 1;
      told.bytes += Buffer.byteLength(Detail);
      told.types[DetailType] = (told.types[DetailType] ?? 0) + 1;
    }
    return told;
  }

  /** What the tables hold, as DynamoDB counts it for storage, by the kind of item. */
  async stored(): Promise<Map<string, Stored>> {
    const stored = new Map<string, Stored>();
    for (const TableName of Object.values(this.#parts.tables)) {
      let start: Record<string, AttributeValue> | undefined;
      do {
        const page = await this.#client.send(
          new ScanCommand({ TableName, ...(start === undefined ? {} : { ExclusiveStartKey: start }) }),
        );
        for (const item of page.Items ?? []) {
          const kind = kindOf(item);
          const { items, bytes } = stored.get(kind) ?? { items: 0, bytes: 0 };
          stored.set(kind, { items: items + 1, bytes: bytes + sizeOf(item) });
        }
        start = page.LastEvaluatedKey;
      } while (start !== undefined);
    }
    return stored;
  }

  stop(): Promise<void> {
    return this.#stop();
  }

  async #react(handlers: ReadonlyMap<string, QueueHandler>, events: readonly SampleEvent[]): Promise<Took> {
    moveClock(events);
    const handler = handlers.get(events[0]?.type ?? '');
    if (handler === undefined) throw new Error(`No reaction to ${events[0]?.type}`);
    const batch = sqsBatch(...events.map((body) => ({ body })));
    return this.#measure(async () => {
      const { batchItemFailures } = await handler(batch, lambdaContext());
      if (batchItemFailures.length > 0) throw new Error(`A reaction failed: ${this.#log.join(' ')}`);
      return JSON.stringify({ batchItemFailures });
    });
  }

  async #measure(work: () => Promise<string>): Promise<Took> {
    this.#log = [];
    this.#meter.take();
    const timer = startTimer();
    const answer = await work();
    return {
      ...timer(),
      ...unitsTaken(this.#meter.take(), this.#parts.tables),
      logBytes: this.#log.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0),
      logLines: this.#log.length,
      answerBytes: Buffer.byteLength(answer),
    };
  }
}

/** A shop hears of an event a moment after it happened. */
function moveClock(events: readonly SampleEvent[]): void {
  const latestMs = Math.max(...events.map(({ time }) => Date.parse(time)));
  setClock(() => latestMs);
}

/** `MEMBER ACCOUNT`, `MEMBER CAUSE`; what stands in the order of time is known by its partition alone. */
function kindOf({ pk, sk }: Record<string, AttributeValue>): string {
  const partition = kindIn(pk?.S ?? '');
  return ['DUE', 'COUPONEXPIRY'].includes(partition) ? partition : `${partition} ${kindIn(sk?.S ?? '')}`;
}
