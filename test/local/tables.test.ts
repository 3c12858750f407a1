import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { DescribeTimeToLiveCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { afterEach, describe, expect, it } from 'vitest';
import { createRuntime } from '../../infra/local/runtime.ts';
import { createTables, findProgram, startTables, type TablesProcess } from '../../infra/local/tables.ts';
import { readWiring } from '../../infra/local/wiring/read-wiring.ts';
import { credentials, fact, sortKeysOf } from './fixture/items.ts';
import { fixtureStacks } from './fixture/stacks.ts';

const cleanups: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const { tables } = readWiring(fixtureStacks(), {
  surroundings: { region: 'eu-west-1', account: '000000000000' },
  queueUrl: (name) => `http://localhost:1/${name}`,
});
const tableName = 'rapport-fixture-facts';

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'rapport-test-'));
  cleanups.push(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

async function start(directory: string | undefined, consumed = 0): Promise<TablesProcess> {
  const started = await startTables(directory, new Map([[tableName, consumed]]));
  cleanups.push(() => started.stop());
  return started;
}

function clients({ endpoint }: TablesProcess): { items: DynamoDBClient; streams: DynamoDBStreamsClient } {
  const config = { endpoint, region: 'eu-west-1', credentials };
  const items = new DynamoDBClient(config);
  const streams = new DynamoDBStreamsClient(config);
  cleanups.push(() => {
    items.destroy();
    streams.destroy();
  });
  return { items, streams };
}

const put = (items: DynamoDBClient, id: string) =>
  items.send(new PutItemCommand({ TableName: tableName, Item: { pk: { S: 'fact' }, sk: { S: id } } }));

async function streamOf(streams: DynamoDBStreamsClient): Promise<string[]> {
  const { Streams } = await streams.send(new ListStreamsCommand({ TableName: tableName }));
  const StreamArn = Streams?.[0]?.StreamArn;
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
  const ShardId = StreamDescription?.Shards?.[0]?.ShardId;
  const { ShardIterator } = await streams.send(
    new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
  );
  const { Records = [] } = await streams.send(new GetRecordsCommand({ ShardIterator }));
  return Records.map(({ dynamodb }) => `${dynamodb?.SequenceNumber} ${dynamodb?.NewImage?.sk?.S}`);
}

describe('tables', () => {
  it('are created as the templates say, once, and are found again', async () => {
    const directory = newDirectory();
    const first = await start(directory);
    const { items } = clients(first);
    await createTables(items, tables, true);
    await createTables(items, tables, true);
    const { TimeToLiveDescription } = await items.send(new DescribeTimeToLiveCommand({ TableName: tableName }));
    expect(TimeToLiveDescription).toMatchObject({ TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' });
    await put(items, 'kept');
    await first.stop();

    const { streams } = clients(await start(directory));
    expect(await streamOf(streams)).toEqual(['1 kept']);
  });

  it('lose stream records of more than a day ago that every reader has passed, and number on', async () => {
    const directory = newDirectory();
    const first = await start(directory);
    const { items } = clients(first);
    await createTables(items, tables, true);
    for (const id of ['a', 'b', 'c', 'd']) await put(items, id);
    await first.stop();
    const file = new DatabaseSync(join(directory, 'tables.sqlite'));
    file.exec('UPDATE _stream_records SET created_at = 0 WHERE sequence_number <> 1');
    file.close();

    const second = await start(directory, 3);
    const again = clients(second);
    // The first is young, the second and third are passed and old, the fourth was not read yet.
    expect(await streamOf(again.streams)).toEqual(['1 a', '4 d']);
    await second.stop();

    const third = clients(await start(directory, Number.POSITIVE_INFINITY));
    expect(await streamOf(third.streams)).toEqual(['1 a', '4 d']);
    await put(third.items, 'e');
    expect(await streamOf(third.streams)).toEqual(['1 a', '4 d', '5 e']);
  });

  it('find their next stream number without reading the whole stream', async () => {
    const directory = newDirectory();
    const started = await start(directory);
    await createTables(clients(started).items, tables, false);
    await started.stop();
    const file = new DatabaseSync(join(directory, 'tables.sqlite'));
    cleanups.push(() => file.close());
    const plan = file
      .prepare(
        'EXPLAIN QUERY PLAN SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 FROM _stream_records WHERE table_name = ?',
      )
      .all(tableName);
    expect(plan).toMatchObject([{ detail: expect.stringContaining('rapport_stream_order') }]);
  });

  it('end with the process that started them, even when it is killed', async () => {
    const script = `
      import { startTables } from '${new URL('../../infra/local/tables.ts', import.meta.url).href}';
      const { endpoint } = await startTables(undefined, new Map());
      console.log(endpoint);
      setInterval(() => undefined, 1_000);
    `;
    const parent: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    cleanups.push(() => parent.kill('SIGKILL'));
    const [endpoint] = (await once(createInterface({ input: parent.stdout! }), 'line')) as [string];
    const answers = async (): Promise<boolean> => (await fetch(endpoint).catch(() => undefined)) !== undefined;
    expect(await answers()).toBe(true);
    const ended = once(parent, 'exit');
    parent.kill('SIGKILL');
    await ended;
    await expect.poll(answers, { timeout: 10_000 }).toBe(false);
  });

  it('live where AWS_ENDPOINT_URL_DYNAMODB says', async () => {
    const elsewhere = await start(newDirectory());
    process.env.AWS_ENDPOINT_URL_DYNAMODB = elsewhere.endpoint;
    cleanups.push(() => {
      delete process.env.AWS_ENDPOINT_URL_DYNAMODB;
    });
    const runtime = await createRuntime({ stacks: fixtureStacks() });
    cleanups.push(() => runtime.stop());
    expect(runtime.tablesEndpoint).toBe(elsewhere.endpoint);
    runtime.putEvents([fact('one')]);
    await runtime.settle();
    expect(await sortKeysOf(runtime, 'derived')).toEqual(['one']);
    await expect(runtime.reset()).rejects.toThrow(/not ours/);
  });
});

describe('the program that serves the tables', () => {
  const elsewhere = { platform: 'sunos', arch: 'sparc' };

  it('is the one of the package for this platform', () => {
    expect(findProgram(process)).toContain(join('node_modules', '@dynoxide'));
  });

  it('or the one on the PATH', () => {
    const directory = newDirectory();
    const program = join(directory, 'dynoxide');
    writeFileSync(program, '');
    chmodSync(program, 0o755);
    const PATH = ['/nowhere', directory].join(delimiter);
    expect(findProgram({ ...elsewhere, env: { PATH } })).toBe(program);
  });

  it('or there is none, and the error names the three ways', () => {
    expect(() => findProgram({ ...elsewhere, env: {} })).toThrow(
      /AWS_ENDPOINT_URL_DYNAMODB.*@dynoxide\/sunos-sparc.*PATH/,
    );
  });
});
