import { rmSync } from 'node:fs';
import { type AttributeValue, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { findEvent } from '../../events/catalogue.ts';
import { MEDIA_TYPE_BATCH } from '../../events/envelope.ts';
import { orderCancelled } from '../../events/order/order-cancelled.v1.ts';
import { orderCompleted } from '../../events/order/order-completed.v1.ts';
import { orderPlaced } from '../../events/order/order-placed.v1.ts';
import { orderReturned } from '../../events/order/order-returned.v1.ts';
import { routes } from '../../functions/intake/routes.ts';
import type { IntakeStores } from '../../functions/intake/stores.ts';
import { type LoyaltyDependencies, orderReaction } from '../../functions/loyalty/order-reaction.ts';
import { synthesise } from '../../infra/app.ts';
import { Store } from '../../infra/local/store.ts';
import { StreamReader } from '../../infra/local/streams.ts';
import { createTables, startTables } from '../../infra/local/tables.ts';
import type { StreamMapping } from '../../infra/local/wiring/model.ts';
import { readWiring } from '../../infra/local/wiring/read-wiring.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { inboxStore } from '../../shared/adapters/dynamo/inbox-store.ts';
import { profileStore } from '../../shared/adapters/dynamo/profile-store.ts';
import { eventBridgeClient, eventBus } from '../../shared/adapters/eventbridge/publish.ts';
import { always } from '../../shared/policy/policies.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import type { LambdaHandler } from '../../shared/runtime/lambda.ts';
import { createLogger } from '../../shared/runtime/log.ts';
import { startAwsEndpoint } from '../support/aws-endpoint.ts';
import { httpEvent, lambdaContext, sqsBatch } from '../support/lambda.ts';
import { CapacityMeter, type Consumption, unitsOf } from './capacity.ts';
import type { SampleEvent } from './sample-orders.ts';

/** What an invocation, or several, took. Units are DynamoDB's; time is this machine's. */
export type Took = {
  inboxWrites: number;
  inboxReads: number;
  profileWrites: number;
  profileReads: number;
  logBytes: number;
  logLines: number;
  answerBytes: number;
  cpuMs: number;
  wallMs: number;
};

/** What the publisher told the bus, from how many records of the stream. */
type Published = { events: number; bytes: number; types: Record<string, number>; records: number };

const REGION = 'eu-west-1';
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
const READER_BATCH = 100;

/**
 * The handlers of intake and of orders as they are deployed, on tables as they are deployed, with every request to the
 * tables metered. There is no bus in between: an event is handed from one to the next, so that each can be measured
 * by itself.
 */
export class MeteredShop {
  readonly #tables: { profile: string; inbox: string };
  readonly #client: DynamoDBClient;
  readonly #meter: CapacityMeter;
  readonly #intake: ReturnType<typeof httpHandler>;
  readonly #reactions: ReadonlyMap<string, LambdaHandler<SQSEvent, SQSBatchResponse>>;
  readonly #publisher: Publisher;
  readonly #stop: () => Promise<void>;
  #log: string[] = [];

  private constructor(parts: {
    endpoint: string;
    busEndpoint: string;
    tables: { profile: string; inbox: string };
    publisher: Publisher;
    stop: () => Promise<void>;
  }) {
    const { tables } = parts;
    const client = dynamoClient({ endpoint: parts.endpoint, region: REGION, credentials: CREDENTIALS });
    const busClient = eventBridgeClient({ endpoint: parts.busEndpoint, region: REGION, credentials: CREDENTIALS });
    const write = (line: string): void => void this.#log.push(line);
    const inbox = inboxStore(client, tables.inbox);
    const stores: IntakeStores & { write: typeof write } = {
      inbox,
      bus: eventBus(busClient, 'bus'),
      loadRules: async () => ({ findEvent, knowsCurrency: (code) => Object.hasOwn(currentPolicy.currencies, code) }),
      log: createLogger({ write }),
      write,
    };
    const open = (): LoyaltyDependencies => ({
      inbox,
      profile: profileStore(client, tables.profile),
      policies: { load: async () => always(currentPolicy) },
      deadLetters: { send: ({ reason }) => Promise.reject(new Error(`The bench sent what is refused: ${reason}`)) },
      maxReceiveCount: 5,
      write,
    });
    this.#tables = tables;
    this.#client = client;
    this.#meter = new CapacityMeter(client);
    this.#intake = httpHandler(routes, () => stores);
    this.#reactions = new Map([
      ['order.placed.v1', orderReaction('placed', orderPlaced, open)],
      ['order.completed.v1', orderReaction('completed', orderCompleted, open)],
      ['order.cancelled.v1', orderReaction('cancelled', orderCancelled, open)],
      ['order.returned.v1', orderReaction('returned', orderReturned, open)],
    ]);
    this.#publisher = parts.publisher;
    this.#stop = async () => {
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
    const publisher = await Publisher.open({ endpoint: running.endpoint, mapping, bus, profileTable: tables.profile });
    const stop = async () => {
      await publisher.stop();
      await bus.stop();
      await running.stop();
    };
    return new MeteredShop({ endpoint: running.endpoint, busEndpoint: bus.url, tables, publisher, stop });
  }

  /** Sends events through `POST /v1/events`, as one request. */
  async intake(events: readonly SampleEvent[]): Promise<Took> {
    const request = httpEvent('POST /v1/events', {
      headers: { 'content-type': MEDIA_TYPE_BATCH },
      body: JSON.stringify(events),
      claims: { sub: 'storefront', scope: 'events:write' },
    });
    return this.#measure(async () => {
      const { statusCode, body } = await this.#intake(request, lambdaContext());
      if (statusCode !== 202 || body.includes('"problem"')) throw new Error(`Intake answered ${statusCode}: ${body}`);
      return body;
    });
  }

  /** Hands events of one type to their reaction, as one batch of its queue. */
  async react(events: readonly SampleEvent[]): Promise<Took> {
    const handler = this.#reactions.get(events[0]?.type ?? '');
    if (handler === undefined) throw new Error(`No reaction to ${events[0]?.type}`);
    const batch = sqsBatch(...events.map((body) => ({ body })));
    return this.#measure(async () => {
      const { batchItemFailures } = await handler(batch, lambdaContext());
      if (batchItemFailures.length > 0) throw new Error(`A reaction failed: ${this.#log.join(' ')}`);
      return JSON.stringify({ batchItemFailures });
    });
  }

  /** Takes events in and reacts to them, one after the other. */
  async live(events: readonly SampleEvent[]): Promise<void> {
    for (const event of events) {
      await this.intake([event]);
      await this.react([event]);
    }
  }

  /** Gives the publisher what has been written since this was last asked, in batches. */
  publish(batchSize = READER_BATCH): Promise<Publishing> {
    return this.#publisher.publish(batchSize);
  }

  /** What the tables hold, as DynamoDB counts it for storage. */
  async stored(): Promise<{ items: number; bytes: number }> {
    const sizes: number[] = [];
    for (const TableName of Object.values(this.#tables)) {
      let start: Record<string, AttributeValue> | undefined;
      do {
        const page = await this.#client.send(
          new ScanCommand({ TableName, ...(start === undefined ? {} : { ExclusiveStartKey: start }) }),
        );
        sizes.push(...(page.Items ?? []).map(sizeOf));
        start = page.LastEvaluatedKey;
      } while (start !== undefined);
    }
    return { items: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  }

  stop(): Promise<void> {
    return this.#stop();
  }

  async #measure(work: () => Promise<string>): Promise<Took> {
    this.#log = [];
    this.#meter.take();
    const startedMs = performance.now();
    const cpuBefore = process.cpuUsage();
    const answer = await work();
    const cpu = process.cpuUsage(cpuBefore);
    const wallMs = performance.now() - startedMs;
    const consumed: Consumption[] = this.#meter.take();
    const { inbox, profile } = this.#tables;
    return {
      inboxWrites: unitsOf(consumed, 'write', inbox),
      inboxReads: unitsOf(consumed, 'read', inbox),
      profileWrites: unitsOf(consumed, 'write', profile),
      profileReads: unitsOf(consumed, 'read', profile),
      logBytes: this.#log.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0),
      logLines: this.#log.length,
      answerBytes: Buffer.byteLength(answer),
      cpuMs: (cpu.user + cpu.system) / 1_000,
      wallMs,
    };
  }
}

/** Names and values of an item's attributes; our items hold text, numbers and bytes. */
function sizeOf(item: Record<string, AttributeValue>): number {
  return Object.entries(item).reduce((sum, [name, value]) => {
    const text = value.S ?? '';
    const digits = value.N?.length ?? 0;
    return sum + name.length + Buffer.byteLength(text) + Math.ceil(digits / 2) + (value.B?.length ?? 0);
  }, 0);
}

type PublishHandler = (event: unknown, context: ReturnType<typeof lambdaContext>) => Promise<unknown>;

/** What was published, and what the invocations took that published it. */
export type Publishing = { invocations: number; cpuMs: number; wallMs: number } & Published;

/** The publisher's own entry module, fed from the table's stream when it is asked for and at no other time. */
class Publisher {
  readonly #handler: PublishHandler;
  readonly #parts: PublisherParts;
  readonly #client: DynamoDBStreamsClient;
  /** Keeps how far the stream has been read. */
  readonly #store = new Store(':memory:');

  private constructor(handler: PublishHandler, parts: PublisherParts) {
    this.#handler = handler;
    this.#parts = parts;
    this.#client = new DynamoDBStreamsClient({
      endpoint: parts.endpoint,
      region: REGION,
      credentials: CREDENTIALS,
    });
  }

  static async open(parts: PublisherParts): Promise<Publisher> {
    // The entry module reads its environment when it is loaded, as on Lambda.
    Object.assign(process.env, {
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      AWS_ENDPOINT_URL_DYNAMODB: parts.endpoint,
      AWS_ENDPOINT_URL_EVENTBRIDGE: parts.bus.url,
      PROFILE_TABLE: parts.profileTable,
      BUS_NAME: 'bus',
      LOG_LEVEL: 'error',
    });
    const { handler } = (await import('../../functions/loyalty/publish.ts')) as unknown as { handler: PublishHandler };
    delete process.env.LOG_LEVEL;
    return new Publisher(handler, parts);
  }

  async publish(batchSize: number): Promise<Publishing> {
    const { bus, mapping } = this.#parts;
    const told: Publishing = { invocations: 0, cpuMs: 0, wallMs: 0, events: 0, bytes: 0, types: {}, records: 0 };
    const fail = (reason: unknown): never => {
      throw new Error(`The publisher failed: ${String(reason)}`);
    };
    const reader = new StreamReader({
      mapping: { ...mapping, batchSize },
      client: this.#client,
      store: this.#store,
      region: REGION,
      chaos: () => undefined,
      invoke: (event) => this.#invoke(event, told),
      onGivenUp: (_records, reason) => fail(reason),
      onError: fail,
    });
    bus.calls.length = 0;
    await reader.start();
    await reader.drain();
    await reader.stop();
    for (const { Detail, DetailType } of bus.calls.flatMap(({ input }) => input.Entries as BusEntry[])) {
      told.events += 1;
      told.bytes += Buffer.byteLength(Detail);
      told.types[DetailType] = (told.types[DetailType] ?? 0) + 1;
    }
    return told;
  }

  async stop(): Promise<void> {
    this.#client.destroy();
    this.#store.close();
    delete process.env.AWS_ENDPOINT_URL_DYNAMODB;
    delete process.env.AWS_ENDPOINT_URL_EVENTBRIDGE;
  }

  async #invoke(event: unknown, told: Publishing): Promise<unknown> {
    const startedMs = performance.now();
    const cpuBefore = process.cpuUsage();
    const answer = await this.#handler(event, lambdaContext());
    const cpu = process.cpuUsage(cpuBefore);
    told.wallMs += performance.now() - startedMs;
    told.cpuMs += (cpu.user + cpu.system) / 1_000;
    told.invocations += 1;
    told.records += (event as { Records: unknown[] }).Records.length;
    return answer;
  }
}

type BusEntry = { Detail: string; DetailType: string };

type PublisherParts = {
  endpoint: string;
  mapping: StreamMapping;
  bus: Awaited<ReturnType<typeof startAwsEndpoint>>;
  profileTable: string;
};

async function wiringOfDev() {
  const assembly = await synthesise({ stage: 'dev', bundle: false });
  const stacks = assembly.stacksRecursively.map(({ stackName, template }) => ({
    stackName,
    template: template as unknown,
  }));
  rmSync(assembly.directory, { recursive: true, force: true });
  return readWiring(stacks, {
    surroundings: { region: REGION, account: '000000000000' },
    queueUrl: (name) => `http://127.0.0.1/${name}`,
  });
}
