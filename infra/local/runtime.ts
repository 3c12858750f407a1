/**
 * The whole backend on one machine: the functions, wired as the synthesised templates say, with local counterparts of
 * what AWS does between them.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { assertShopPolicy } from '../../shared/policy/check-policy.ts';
import { setClock } from '../../shared/runtime/clock.ts';
import { createAwsEndpoint } from './aws-endpoint.ts';
import { outcomeOf, sqsEventOf } from './batch.ts';
import { asyncQueueOf, Bus, type PutEventsEntry, type PutEventsResult } from './bus.ts';
import { Chaos, type ChaosOptions } from './chaos.ts';
import { LocalClock } from './clock.ts';
import { DataDirectory, LogFile } from './data-directory.ts';
import { type Consumer, Deliveries, type DeliveryNotice } from './deliveries.ts';
import { Functions } from './functions.ts';
import { createGateway, type GatewayOptions } from './gateway.ts';
import { Issuer, type TokenRequest } from './issuer.ts';
import { createKeyService, KeyStore } from './keys.ts';
import { Lake } from './lake.ts';
import { StartError, StoppingError } from './lifecycle-errors.ts';
import { lightenClients } from './light-client.ts';
import { closeServer, listen } from './listen.ts';
import { answerLocal, type DeadLetter } from './local-routes.ts';
import { divertOutput, type LogEntry, type LogLevel } from './log.ts';
import { Measures } from './measures.ts';
import { createObjects } from './objects.ts';
import { Replays } from './replays.ts';
import { Schedules } from './schedules.ts';
import { steadyNowMs } from './steady-time.ts';
import { type Message, Store } from './store.ts';
import { consumedUpTo, lambdaRecordOf, StreamReader } from './streams.ts';
import { createTables, startTables } from './tables.ts';
import { createTablesProxy } from './tables-proxy.ts';
import { Turns } from './turns.ts';
import type { AuthorizerModel, Wiring } from './wiring/model.ts';
import { readWiring } from './wiring/read-wiring.ts';
import type { StackTemplate } from './wiring/resolve.ts';

export type RuntimeOptions = {
  /** Port of the HTTP API; 0, the default, takes any free one. */
  port?: number;
  /** Where data is kept; without it nothing is kept. */
  dataDirectory?: string;
  /** Empties the data directory first. */
  fresh?: boolean;
  /** The clock follows the events, from 1970 on, and can be moved. */
  virtualClock?: boolean;
  chaos?: ChaosOptions;
  /** The stacks to run; the default are those of the app, stage dev. */
  stacks?: readonly StackTemplate[];
  /** The directory that the entries of functions are relative to; the default is this repository. */
  root?: string;
  /** Sees each event that the bus has taken, as its rules see it: `source`, `detail-type`, `detail`. */
  onEvent?: (event: Readonly<Record<string, unknown>>) => void;
  /** Gets what functions and the runtime log, besides the log file of the data directory. */
  onLog?: (entry: LogEntry) => void;
  /** Told when the backend cannot go on, because its tables are gone; what is left to do is to stop it. */
  onFatal?: (error: Error) => void;
};

export type Runtime = {
  /** The HTTP API, `http://127.0.0.1:4000`. */
  readonly url: string;
  /** EventBridge and SQS for a client of one's own; so is `tablesEndpoint` for DynamoDB, without chaos in between. */
  readonly awsEndpoint: string;
  readonly tablesEndpoint: string;
  readonly wiring: Wiring;
  readonly clock: { readonly kind: 'real' | 'virtual'; nowMs(): number; advanceTo(ms: number): void };
  /** Puts events on the bus as a service with bus rights would; at most ten. */
  putEvents(entries: readonly PutEventsEntry[]): PutEventsResult[];
  /** Waits until queues, streams and due schedules are empty. */
  settle(): Promise<{ deadLetters: number }>;
  deadLetters(): DeadLetter[];
  /** How often each misfortune has struck since the start, the last reset, or the last change of them. */
  misfortunes(): Readonly<Record<string, number>>;
  /** From now on these strike, or none. */
  changeMisfortunes(next: ChaosOptions | undefined): void;
  token(request: TokenRequest): Promise<string>;
  invoke(functionName: string, event: unknown): Promise<unknown>;
  /** Waits until all is done, then forgets everything: tables, queues, positions and time. Much faster than a new runtime. */
  reset(options?: { chaos?: ChaosOptions }): Promise<void>;
  /** Finishes what is under way, keeps what is not, and lets go of everything. */
  stop(): Promise<void>;
};

const REGION = 'eu-west-1';
const ACCOUNT = '000000000000';
/** The stage whose templates are run. */
const STAGE = 'dev';
/** The function that trains models, which is asked for by name. */
const TRAINING = 'recommend-train';
/** Asynchronous invocations are tried this often, as Lambda does. */
const ASYNC_ATTEMPTS = 3;
/** How many asynchronous invocations of one function run at once. */
const ASYNC_CONCURRENCY = 5;
/**
 * How many requests one function answers at once. Deployed, each has a process with connections of its own; here they
 * share both, and far more of them only run into each other's timeouts. Under 60 events a second four are too few: the
 * event at the front takes its time in the tables while the others wait for their turn.
 */
const REQUESTS_AT_ONCE = 16;
const MAX_LISTED_DEAD_LETTERS = 1_000;
/** How many events of the bus are remembered for whoever wants to look. */
const MAX_LISTED_EVENTS = 200;

const repository = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Set while a runtime runs: environment and clock belong to the process, so there can be one at a time. */
let running = false;

/**
 * Starts the backend and returns when it serves.
 * @throws StartError in words for a person: directory or port in use, no tables
 * @throws WiringError where the templates hold something that has no local behaviour
 */
export async function createRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  if (running) throw new StartError('A local runtime already runs in this process; stop it first');
  assertPolicy();
  running = true;
  const undo = new UndoList();
  undo.add(() => {
    running = false;
  });
  try {
    return await start(options, undo);
  } catch (error) {
    await undo.run();
    throw error;
  }
}

/** Functions trust the policy of their release, so it is checked before they are loaded. */
function assertPolicy(): void {
  try {
    assertShopPolicy();
  } catch (error) {
    throw new StartError(`shared/policy/policy.json: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What has to be undone, in reverse order, when the runtime stops or fails to start. */
class UndoList {
  readonly #steps: (() => Promise<void> | void)[] = [];

  add(step: () => Promise<void> | void): void {
    this.#steps.push(step);
  }

  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, `Stopping failed: ${failures.map(String).join('; ')}`);
  }
}

async function start(options: RuntimeOptions, undo: UndoList): Promise<Runtime> {
  const directory = openDirectory(options, undo);
  const keep = openLog(options, directory, undo);
  const measures = new Measures((queue) => gaugeOf(store, queue));
  const log = (entry: LogEntry): void => {
    measures.logged(entry);
    keep(entry);
  };
  const report = (level: LogLevel, line: unknown): void => log({ at: new Date().toISOString(), level, line });

  // The ports first: the address of the local endpoint is part of what handlers are told.
  let bus: Bus | undefined;
  let wiring: Wiring | undefined;
  let deliveries: Deliveries | undefined;
  let loaded: Functions | undefined;
  let chaos = options.chaos === undefined ? undefined : new Chaos(options.chaos);
  let replays: Replays | undefined;
  const store = new Store(directory?.file('queues.sqlite') ?? ':memory:');
  undo.add(() => store.close());
  const awsServer = createAwsEndpoint({
    bus: () => required(bus),
    store,
    queues: () => wiring?.queues ?? [],
    onSent: (queue) => deliveries?.wake([queue]),
    chaos: () => chaos,
    functions: () => wiring?.functions ?? [],
    invoke: (name, event) => required(loaded).invoke(name, event),
    replays: () => required(replays),
  });
  const awsEndpoint = await serve(awsServer, 0, undo);
  let api: GatewayOptions | undefined;
  const gateway = createGateway(() => api);
  const url = await serve(gateway, options.port ?? 0, undo);

  const surroundings = { region: REGION, account: ACCOUNT };
  const queueUrl = (name: string): string => `${awsEndpoint}/${ACCOUNT}/${name}`;
  const stacks = options.stacks ?? (await appStacks());
  const wired = readWiring(stacks, { surroundings, queueUrl });
  wiring = wired;

  const clock = openClock(options, store, undo);
  const bucketDirectory = openBuckets(directory, undo);
  const buckets = makeBuckets(bucketDirectory, wired);
  const objectsEndpoint = await serve(createObjects({ buckets: () => buckets, chaos: () => chaos }), 0, undo);
  const keys = new KeyStore(directory?.file('keys.json'));
  const keysEndpoint = await serve(
    createKeyService(
      () => keys,
      () => chaos,
    ),
    0,
    undo,
  );
  const currentChaos = (): Chaos | undefined => chaos;

  const tables = await startTables(directory?.path, consumedUpTo(store, wired), (reason) => {
    report('error', { message: 'the backend cannot go on', reason });
    // Messages must not end among the dead letters because the tables were away: they wait for the next start.
    void deliveries?.stop();
    options.onFatal?.(new StartError(`The backend cannot go on: ${reason}`));
  });
  undo.add(() => tables.stop());
  const clientConfig = {
    endpoint: tables.endpoint,
    region: REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  await createMissingTables(clientConfig, wired, clock);

  // Chaos may come later, with a reset; the handlers' clients are made once, so the proxy is there from the beginning.
  const tablesEndpoint =
    options.chaos === undefined
      ? tables.endpoint
      : await serve(createTablesProxy(tables.endpoint, currentChaos), 0, undo);

  const environment = {
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: tablesEndpoint,
    AWS_ENDPOINT_URL_EVENTBRIDGE: awsEndpoint,
    AWS_ENDPOINT_URL_SQS: awsEndpoint,
    AWS_ENDPOINT_URL_S3: objectsEndpoint,
    AWS_ENDPOINT_URL_KMS: keysEndpoint,
  };
  // The SDK reads these when a client is first used, which is after the import.
  setEnvironment(environment, undo);
  if (tables.empty !== undefined) undo.add(lightenClients(REGION));
  const functions = await Functions.load({
    functions: wired.functions,
    root: options.root ?? repository,
    surroundings: environment,
    sink: log,
  });

  loaded = functions;
  functions.onRun = (name, run) => measures.ran(name, run);

  const lake = new Lake({
    store,
    deliveryStreams: wired.deliveryStreams,
    directoryOf: (bucket) => buckets.get(bucket) ?? join(bucketDirectory, bucket),
    nowMs: () => clock.nowMs(),
    invoke: (name, event) => functions.invoke(name, event),
    onError: (error) => report('error', { message: 'the lake could not be written', error: String(error) }),
  });
  undo.add(() => lake.flush());
  const recent: unknown[] = [];
  bus = new Bus({
    wiring: wired,
    store,
    chaos: currentChaos,
    onEvent: (event) => {
      recent.push(event.detail);
      if (recent.length > 2 * MAX_LISTED_EVENTS) recent.splice(0, MAX_LISTED_EVENTS);
      options.onEvent?.(event);
    },
    onAccepted: (queues, latestMs) => {
      deliveries?.wake(queues);
      lake.soon();
      if (latestMs !== undefined) clock.advanceTo(latestMs);
    },
  });
  const liveBus = bus;
  const replaying = new Replays({ wiring: wired, store, bus: liveBus, nowMs: () => clock.nowMs() });
  replays = replaying;

  const consumers = consumersOf(wired, functions);
  const delivering = new Deliveries(store, consumers, currentChaos, (notice) => reportNotice(report, notice));
  deliveries = delivering;

  const streamsClient = new DynamoDBStreamsClient(clientConfig);
  undo.add(() => streamsClient.destroy());
  const readers = wired.streamMappings.map(
    (mapping) =>
      new StreamReader({
        mapping,
        client: streamsClient,
        store,
        region: REGION,
        chaos: currentChaos,
        invoke: (event) => functions.invoke(mapping.functionName, event),
        onGivenUp: (records, reason) => {
          const numbers = records.map(({ dynamodb }) => dynamodb?.SequenceNumber ?? '');
          const handed = records.map((record) => lambdaRecordOf(record, mapping.table, REGION));
          const body = JSON.stringify({ table: mapping.table, sequenceNumbers: numbers, reason, records: handed });
          report('error', {
            message: 'stream records given up',
            table: mapping.table,
            sequenceNumbers: numbers,
            reason,
          });
          if (mapping.failureQueue === undefined) return;
          const message = { queue: mapping.failureQueue, messageId: crypto.randomUUID(), body, reason };
          store.add({ ...message, attributes: {}, visibleAtMs: 0 });
        },
        onError: (error) =>
          report('error', { message: 'the stream cannot be read', table: mapping.table, error: String(error) }),
      }),
  );
  functions.onInvoked = () => {
    for (const reader of readers) reader.wake();
  };

  const schedules = new Schedules(wired, store, clock, (queues) => delivering.wake(queues));
  const issuer = await Issuer.open(directory?.file('issuer.json'));
  const authorizer = authorizerOf(wired);
  const token = (request: TokenRequest): Promise<string> => issuer.sign(request, authorizer);

  const deadLetterQueues = deadLetterQueuesOf(wired);
  let stopping = false;
  const settle = async (): Promise<{ deadLetters: number }> => {
    for (let quiet = false; !quiet; ) {
      schedules.fireDue();
      await replaying.idle();
      await delivering.idle();
      await functions.idle();
      const delivered = await Promise.all(readers.map((reader) => reader.drain()));
      if (stopping) throw new StoppingError();
      quiet = delivering.isIdle && functions.busy === 0 && delivered.every((count) => count === 0);
    }
    await lake.flush();
    return { deadLetters: deadLetterQueues.reduce((sum, queue) => sum + store.depth(queue), 0) };
  };
  const deadLetters = (): DeadLetter[] =>
    deadLetterQueues.flatMap((queue) => store.list(queue, MAX_LISTED_DEAD_LETTERS).map(deadLetterOf));

  await Promise.all(readers.map((reader) => reader.start()));
  delivering.start();
  schedules.start();

  const events = (): unknown[] => recent.slice(-MAX_LISTED_EVENTS).reverse();
  const train = async (): Promise<unknown> => {
    await settle();
    return functions.invoke(TRAINING, { id: crypto.randomUUID(), source: 'rapport.local' });
  };
  const local = {
    clock,
    issuer,
    token,
    issuerName: authorizer.issuer,
    baseUrl: url,
    endpoints: { stage: STAGE, region: REGION, aws: awsEndpoint, tables: tables.endpoint },
    settle,
    deadLetters,
    events,
    train,
    alarms: () => measures.evaluate(wired.alarms),
  };
  undo.add(async () => {
    stopping = true;
    // No new work; then the work under way. The local endpoint closes later, because functions still use it.
    const closed = closeServer(gateway);
    schedules.stop();
    await replaying.stop();
    await delivering.stop();
    await Promise.all(readers.map((reader) => reader.stop()));
    await functions.idle();
    await closed;
  });
  const turns = new Turns(REQUESTS_AT_ONCE);
  api = {
    wiring: wired,
    issuer,
    invoke: (name, event) => turns.take(name, () => functions.invoke(name, event)),
    local: (request, response, requested) => answerLocal(local, request, response, requested),
    onError: (error) => report('error', { message: 'the gateway failed', error: String(error) }),
    onAnswered: (status, ms) => measures.answered(status, ms),
  };

  const reset = async ({ chaos: next }: { chaos?: ChaosOptions } = {}): Promise<void> => {
    if (tables.empty === undefined) throw new StartError('Tables that are not ours are not emptied');
    if (next !== undefined && options.chaos === undefined) {
      throw new StartError('Chaos comes with a reset only where the runtime began with chaos');
    }
    chaos = undefined;
    await settle();
    await Promise.all(readers.map((reader) => reader.stop()));
    tables.empty();
    store.clear();
    rmSync(bucketDirectory, { recursive: true, force: true });
    makeBuckets(bucketDirectory, wired);
    for (const reader of readers) reader.startOver();
    clock.reset();
    recent.length = 0;
    measures.clear();
    chaos = next === undefined ? undefined : new Chaos(next);
  };

  return {
    url,
    awsEndpoint,
    tablesEndpoint: tables.endpoint,
    wiring: wired,
    clock,
    putEvents: (entries) => liveBus.putEvents(entries),
    settle,
    deadLetters,
    misfortunes: () => chaos?.struck ?? {},
    changeMisfortunes: (next) => {
      if (next !== undefined && options.chaos === undefined) {
        throw new StartError('Misfortunes strike only where the runtime began with chaos');
      }
      chaos = next === undefined ? undefined : new Chaos(next);
    },
    token,
    invoke: (name, event) => functions.invoke(name, event),
    reset,
    stop: () => undo.run(),
  };
}

/** The app of this repository, synthesised in this process. The CDK is loaded only when it is needed: it is large. */
async function appStacks(): Promise<StackTemplate[]> {
  const { synthesise } = await import('../app.ts');
  const assembly = await synthesise({ stage: STAGE, bundle: false });
  const stacks = assembly.stacksRecursively.map(({ stackName, template }) => ({
    stackName,
    template: template as unknown,
  }));
  rmSync(assembly.directory, { recursive: true, force: true });
  return stacks;
}

function openDirectory({ dataDirectory, fresh }: RuntimeOptions, undo: UndoList): DataDirectory | undefined {
  if (dataDirectory === undefined) return undefined;
  const directory = DataDirectory.open(dataDirectory, fresh === true);
  undo.add(() => directory.close());
  return directory;
}

/** Where buckets keep their objects; without a directory of data they go when the backend does. */
function openBuckets(directory: DataDirectory | undefined, undo: UndoList): string {
  if (directory !== undefined) return directory.file('buckets');
  const temporary = mkdtempSync(join(tmpdir(), 'rapport-buckets-'));
  undo.add(() => rmSync(temporary, { recursive: true, force: true }));
  return temporary;
}

function makeBuckets(directory: string, { buckets }: Wiring): Map<string, string> {
  const made = new Map(buckets.map(({ name }) => [name, join(directory, name)] as const));
  for (const path of made.values()) mkdirSync(path, { recursive: true });
  return made;
}

function openLog(
  { onLog }: RuntimeOptions,
  directory: DataDirectory | undefined,
  undo: UndoList,
): (entry: LogEntry) => void {
  const file = directory === undefined ? undefined : new LogFile(directory.file('log.ndjson'));
  if (file !== undefined) undo.add(() => file.flush());
  undo.add(divertOutput());
  return (entry) => {
    file?.write(entry);
    onLog?.(entry);
  };
}

function gaugeOf(store: Store, queue: string): { visible: number; oldestSeconds: number } {
  const nowMs = Date.now();
  const oldestMs = store.oldestSentMs(queue) ?? nowMs;
  return { visible: store.visible(queue, steadyNowMs()), oldestSeconds: Math.max(0, nowMs - oldestMs) / 1_000 };
}

/** A virtual clock goes on where it, or a real clock before it, was last seen. */
function openClock({ virtualClock }: RuntimeOptions, store: Store, undo: UndoList): LocalClock {
  const seenMs = Number(store.mark('clock') ?? 0);
  const clock = virtualClock === true ? LocalClock.virtual(seenMs) : LocalClock.real();
  const remember = (): void => store.setMark('clock', String(Math.max(seenMs, clock.nowMs())));
  remember();
  clock.onAdvance(remember);
  if (virtualClock === true) {
    setClock(() => clock.nowMs());
    undo.add(() => setClock(Date.now));
  }
  return clock;
}

async function serve(server: Server, port: number, undo: UndoList): Promise<string> {
  const bound = await listen(server, port);
  undo.add(() => closeServer(server));
  return `http://127.0.0.1:${bound}`;
}

async function createMissingTables(
  config: ConstructorParameters<typeof DynamoDBClient>[0],
  wiring: Wiring,
  clock: LocalClock,
): Promise<void> {
  const client = new DynamoDBClient(config ?? {});
  try {
    // Expiry by the wall clock would delete what is not due by a virtual one.
    await createTables(client, wiring.tables, clock.kind === 'real');
  } finally {
    client.destroy();
  }
}

function setEnvironment(environment: Readonly<Record<string, string>>, undo: UndoList): void {
  for (const [name, value] of Object.entries(environment)) {
    const before = process.env[name];
    process.env[name] = value;
    undo.add(() => {
      if (before === undefined) delete process.env[name];
      else process.env[name] = before;
    });
  }
}

function consumersOf(wiring: Wiring, functions: Functions): Consumer[] {
  const ofQueues = wiring.queueMappings.map((mapping): Consumer => {
    const queue = required(wiring.queues.find(({ name }) => name === mapping.queue));
    return {
      queue: mapping.queue,
      batchSize: mapping.batchSize,
      maxConcurrency: mapping.maxConcurrency,
      maxReceiveCount: queue.redrive?.maxReceiveCount ?? Number.POSITIVE_INFINITY,
      ...(queue.redrive === undefined ? {} : { deadLetterQueue: queue.redrive.deadLetterQueue }),
      deliver: async (messages) => {
        const answer = await functions.invoke(mapping.functionName, sqsEventOf(messages, queue.arn, wiring.region));
        const identifiers = messages.map(({ messageId }) => messageId);
        return mapping.reportsItemFailures ? outcomeOf(answer, identifiers) : new Map();
      },
    };
  });
  const ofFunctions = wiring.functions.map(
    ({ name, asyncDeadLetterQueue }): Consumer => ({
      queue: asyncQueueOf(name),
      batchSize: 1,
      maxConcurrency: ASYNC_CONCURRENCY,
      maxReceiveCount: ASYNC_ATTEMPTS,
      ...(asyncDeadLetterQueue === undefined ? {} : { deadLetterQueue: asyncDeadLetterQueue }),
      deliver: async ([message]) => {
        if (message !== undefined) await functions.invoke(name, JSON.parse(message.body));
        return new Map();
      },
    }),
  );
  return [...ofQueues, ...ofFunctions];
}

function reportNotice(
  report: (level: LogLevel, line: unknown) => void,
  { kind, queue, message, reason }: DeliveryNotice,
): void {
  report('error', { message: kind, queue, messageId: message.messageId, receives: message.receiveCount, reason });
}

/** Queues that nothing consumes and no rule fills: what arrives there waits for a person. */
function deadLetterQueuesOf(wiring: Wiring): string[] {
  const targets = wiring.rules.flatMap(({ targets: all }) => all.map((it) => (it.kind === 'queue' ? it.queue : '')));
  const consumed = new Set([...wiring.queueMappings.map(({ queue }) => queue), ...targets]);
  return wiring.queues.map(({ name }) => name).filter((name) => !consumed.has(name));
}

function deadLetterOf({ queue, messageId, body, reason, attributes }: Message): DeadLetter {
  const texts = Object.entries(attributes).map(([name, { stringValue }]): [string, string] => [
    name,
    stringValue ?? '',
  ]);
  const given = Object.fromEntries(texts);
  const why = given.reason ?? reason;
  return { queue, messageId, body: parsed(body), ...(why === undefined ? {} : { reason: why }), attributes: given };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Issuer and audience of the templates; an app without an authorizer still gets tokens, for nobody in particular. */
function authorizerOf(wiring: Wiring): AuthorizerModel {
  const authorizers = wiring.routes.flatMap(({ authorizer }) => (authorizer === undefined ? [] : [authorizer]));
  const [first = { issuer: 'local', audience: ['local'] }] = authorizers;
  const audience = [...new Set(authorizers.flatMap((authorizer) => authorizer.audience))];
  return { issuer: first.issuer, audience: audience.length === 0 ? first.audience : audience };
}

function required<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('The local runtime is not ready yet');
  return value;
}
