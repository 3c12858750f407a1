/**
 * The tables. Where AWS_ENDPOINT_URL_DYNAMODB names an endpoint, they live there; else a dynoxide process of our own
 * serves them from one file.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  CreateTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  ListTablesCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { StartError } from './lifecycle-errors.ts';
import type { TableModel } from './wiring/model.ts';

export type TablesProcess = {
  endpoint: string;
  /** Empties every table and its stream; undefined where the tables are not ours to empty. */
  empty?: () => void;
  stop(): Promise<void>;
};

/** How long the emulator may take to answer for the first time. */
const START_LIMIT_MS = 5_000;
/** What a temporary directory in memory must have free to be worth using. */
const ROOMY_BYTES = 2 * 1024 ** 3;

/** How long DynamoDB keeps a stream record. */
const STREAM_RETENTION_SECONDS = 24 * 3600;

/**
 * Starts the tables, or finds them.
 * @param directory where they are kept; undefined keeps nothing
 * @param consumed up to which sequence number the stream records of a table are not needed any more
 * @param onLost told when they end although nobody stopped them
 * @throws StartError where there is no emulator, or it does not start
 */
export async function startTables(
  directory: string | undefined,
  consumed: ReadonlyMap<string, number>,
  onLost: (reason: string) => void = () => undefined,
): Promise<TablesProcess> {
  const given = process.env.AWS_ENDPOINT_URL_DYNAMODB;
  if (given !== undefined && given !== '') return { endpoint: given, stop: async () => undefined };

  const program = findProgram(process);
  const temporary = directory === undefined ? newTemporaryDirectory() : undefined;
  const file = join(directory ?? temporary ?? '', 'tables.sqlite');
  const { child, endpoint } = await spawnAndWait(program, file);
  tendStreams(file, consumed);
  let stopping = false;
  child.once('exit', (code) => {
    if (!stopping) onLost(`the tables ended with exit code ${code}`);
  });
  return {
    endpoint,
    empty: () => emptyTables(file),
    stop: async () => {
      stopping = true;
      await endOf(child);
      if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
    },
  };
}

/** Creates the tables that are missing, as the templates describe them. */
export async function createTables(
  client: DynamoDBClient,
  tables: readonly TableModel[],
  withTtl: boolean,
): Promise<void> {
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  for (const table of tables) {
    if (!TableNames.includes(table.name)) {
      await client.send(new CreateTableCommand(creationOf(table)));
      await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 1 }, { TableName: table.name });
    }
    if (withTtl && table.ttlAttribute !== undefined) await enableTtl(client, table.name, table.ttlAttribute);
  }
}

function creationOf(table: TableModel): ConstructorParameters<typeof CreateTableCommand>[0] {
  const keySchema = (hashKey: string, rangeKey: string | undefined) => [
    { AttributeName: hashKey, KeyType: 'HASH' as const },
    ...(rangeKey === undefined ? [] : [{ AttributeName: rangeKey, KeyType: 'RANGE' as const }]),
  ];
  const indexes = table.indexes.map(({ name, hashKey, rangeKey, projection }) => ({
    IndexName: name,
    KeySchema: keySchema(hashKey, rangeKey),
    Projection: {
      ProjectionType: projection.type,
      ...(projection.attributes.length === 0 ? {} : { NonKeyAttributes: [...projection.attributes] }),
    },
  }));
  return {
    TableName: table.name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: keySchema(table.hashKey, table.rangeKey),
    AttributeDefinitions: Object.entries(table.attributeTypes).map(([AttributeName, AttributeType]) => ({
      AttributeName,
      AttributeType,
    })),
    ...(indexes.length === 0 ? {} : { GlobalSecondaryIndexes: indexes }),
    ...(table.streamView === undefined
      ? {}
      : { StreamSpecification: { StreamEnabled: true, StreamViewType: table.streamView } }),
  };
}

async function enableTtl(client: DynamoDBClient, table: string, attribute: string): Promise<void> {
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: table }));
  if (TimeToLiveDescription?.TimeToLiveStatus === 'ENABLED') return;
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName: table,
      TimeToLiveSpecification: { AttributeName: attribute, Enabled: true },
    }),
  );
}

export type Machine = { platform: string; arch: string; env: Readonly<Record<string, string | undefined>> };

/**
 * The emulator's program: of the package for this platform, or on the PATH.
 * @throws StartError naming the three ways to have tables
 */
export function findProgram({ platform, arch, env }: Machine): string {
  const name = platform === 'win32' ? 'dynoxide.exe' : 'dynoxide';
  const platformPackage = `@dynoxide/${platform}-${arch}`;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${platformPackage}/package.json`);
    return join(dirname(manifest), name);
  } catch {
    // Not installed: optional dependencies may be left out, and not every platform has one.
  }
  for (const directory of (env.PATH ?? '').split(delimiter)) {
    const candidate = join(directory, name);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      // Look on.
    }
  }
  throw new StartError(
    `Nothing serves the tables: set AWS_ENDPOINT_URL_DYNAMODB to a DynamoDB endpoint, install ${platformPackage}, or put dynoxide on the PATH`,
  );
}

/**
 * Runs the emulator so that it ends with this process, even a killed one: a shell waits at our end of a pipe and ends
 * the emulator when the pipe closes. In a group of its own, it does not hear the Ctrl-C that asks us to finish our work.
 */
const guardedRun = [
  'exec 3<&0',
  '"$0" "$@" 3<&- </dev/null & child=$!',
  '( read -r _ <&3; kill "$child" 2>/dev/null ) &',
  'exec 3<&-',
  'wait "$child"',
].join('\n');

async function spawnAndWait(program: string, file: string): Promise<{ child: ChildProcess; endpoint: string }> {
  // The port is free when it is asked for; should another process take it in between, the next one is tried.
  let problem = '';
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const port = await freePort();
    const endpoint = `http://127.0.0.1:${port}`;
    const options = ['--port', String(port), '--db-path', file];
    const child =
      process.platform === 'win32'
        ? spawn(program, options, { stdio: ['pipe', 'ignore', 'pipe'] })
        : spawn('/bin/sh', ['-c', guardedRun, program, ...options], {
            stdio: ['pipe', 'ignore', 'pipe'],
            detached: true,
          });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      problem = text.trim();
    });
    if (await answers(endpoint, child)) return { child, endpoint };
    await endOf(child);
  }
  throw new StartError(`The tables did not start (${program}): ${problem}`);
}

async function answers(endpoint: string, child: ChildProcess): Promise<boolean> {
  const giveUpAt = Date.now() + START_LIMIT_MS;
  let ended = false;
  child.once('exit', () => {
    ended = true;
  });
  child.once('error', () => {
    ended = true;
  });
  while (!ended && Date.now() < giveUpAt) {
    try {
      await fetch(endpoint, { signal: AbortSignal.timeout(1_000) });
      return true;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  return false;
}

async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.stdin?.destroy();
  if (process.platform === 'win32') child.kill();
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new StartError('This machine gives no free port');
  return address.port;
}

/**
 * dynoxide numbers a stream record by looking for the highest number so far, without an index: every write becomes
 * slower with each write before it. The index makes it a constant time.
 *
 * It also keeps stream records for ever, where DynamoDB keeps them for a day. Older ones are dropped here, if every
 * reader has passed them; the newest stays, because the numbering goes on from it.
 */
function tendStreams(file: string, consumed: ReadonlyMap<string, number>): void {
  const database = new DatabaseSync(file);
  const number = 'CAST(sequence_number AS INTEGER)';
  try {
    database.exec('PRAGMA busy_timeout = 5000');
    database.exec(`CREATE INDEX IF NOT EXISTS rapport_stream_order ON _stream_records (table_name, ${number})`);
    const trim = database.prepare(
      `DELETE FROM _stream_records WHERE table_name = :table AND ${number} <= :upTo AND created_at < :before
       AND ${number} < (SELECT max(${number}) FROM _stream_records WHERE table_name = :table)`,
    );
    const before = Math.floor(Date.now() / 1000) - STREAM_RETENTION_SECONDS;
    for (const [table, upTo] of consumed) {
      trim.run({ table, upTo: Math.min(upTo, Number.MAX_SAFE_INTEGER), before });
    }
  } catch (error) {
    throw new StartError(`The tables' file is not as this version expects it: ${String(error)}`);
  } finally {
    database.close();
  }
}

function emptyTables(file: string): void {
  const database = new DatabaseSync(file);
  try {
    database.exec('PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE');
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    const names = tables.map(({ name }) => String(name)).filter((name) => !/^(_(config|tables)|sqlite_.*)$/.test(name));
    for (const name of names) database.exec(`DELETE FROM "${name.replaceAll('"', '""')}"`);
    database.exec('COMMIT');
  } finally {
    database.close();
  }
}

const temporaryName = /^rapport-(\d+)-\w+$/;

/** A directory of this process alone; those of processes that were killed are removed on the way. */
function newTemporaryDirectory(): string {
  const parent = roomyTemporaryDirectory();
  for (const name of readdirSync(parent)) {
    const owner = temporaryName.exec(name)?.[1];
    if (owner !== undefined && !isAlive(Number(owner))) rmSync(join(parent, name), { recursive: true, force: true });
  }
  return mkdtempSync(join(parent, `rapport-${process.pid}-`));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not ours to signal, but alive.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Memory, where the machine offers a file system in memory with room; writes then never wait for a disk. */
function roomyTemporaryDirectory(): string {
  const inMemory = '/dev/shm';
  try {
    accessSync(inMemory, constants.W_OK);
    const { bavail, bsize } = statfsSync(inMemory);
    return bavail * bsize > ROOMY_BYTES ? inMemory : tmpdir();
  } catch {
    return tmpdir();
  }
}
