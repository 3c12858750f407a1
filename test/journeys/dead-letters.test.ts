import { DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { orderPlaced } from '../../events/order/order-placed.v1.ts';
import { createRuntime, type Runtime } from '../../infra/local/runtime.ts';
import type { RepairBackend } from '../../infra/repair/backend.ts';
import { drop, lookThrough } from '../../infra/repair/dead-letters.ts';
import { openLocalBackend } from '../../infra/repair/local-backend.ts';
import { profileKeys } from '../../shared/adapters/dynamo/keys.ts';
import { runCommand } from '../support/run-command.ts';
import { completed, placed } from '../support/shop-story.ts';
import { openStorefront, type Storefront } from '../support/storefront.ts';

type Listed = { queues: { queue: string; count: number; letters: Record<string, string>[] }[] };

const local = { region: 'eu-west-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
const PROFILE = 'rapport-dev-profile';

let runtime: Runtime;
let shop: Storefront;
let tables: DynamoDBClient;
let queues: SQSClient;
let backend: RepairBackend;

beforeAll(async () => {
  runtime = await createRuntime();
  shop = await openStorefront(runtime);
  tables = new DynamoDBClient({ ...local, endpoint: runtime.tablesEndpoint });
  queues = new SQSClient({ ...local, endpoint: runtime.awsEndpoint });
  backend = await openLocalBackend(runtime.url);
}, 60_000);
afterAll(async () => {
  tables.destroy();
  queues.destroy();
  backend.close();
  await runtime.stop();
});
beforeEach(() => runtime.reset());

const deadLetters = (...args: string[]) => runCommand('dead-letters', ...args, '--url', runtime.url);

async function listed() {
  const boxes = await lookThrough(backend, {});
  return boxes.map(({ box, count, letters }) => ({ queue: box.queue, count, letters }));
}

/** The reactions to orders read what is known of an order; this they cannot read. */
const brokenOrder = { TableName: PROFILE, Key: toKey(profileKeys.order('ord-1')) };
const breakOrders = () =>
  tables.send(new PutItemCommand({ TableName: PROFILE, Item: { ...brokenOrder.Key, data: { B: Buffer.from('?') } } }));
const mendOrders = () => tables.send(new DeleteItemCommand(brokenOrder));

function toKey({ pk, sk }: { pk: string; sk: string }) {
  return { pk: { S: pk }, sk: { S: sk } };
}

/** An event that no reaction can take, from a service that puts it straight on the bus. */
function putPoison(): void {
  const { type, busSource } = orderPlaced;
  const Detail = JSON.stringify({
    specversion: '1.0',
    id: 'poison',
    source: '/x',
    type,
    rapportseal: 'none',
    data: {},
  });
  const entry = { Source: busSource, DetailType: type, Detail, EventBusName: 'rapport-dev-bus' };
  expect(runtime.putEvents([entry])[0]).toHaveProperty('EventId');
}

/** Every run of the command is a process of its own. */
describe('dead letters', { timeout: 120_000 }, () => {
  it('are none in a backend in which all goes well', async () => {
    await shop.send(placed('2026-01-05'));
    await runtime.settle();
    const { code, out } = await deadLetters('list');
    expect([code, out]).toEqual([0, 'No dead letters.\n']);
  });

  it('are found, shown, sent again in vain, mended, and sent again: the order counts once', {
    timeout: 60_000,
  }, async () => {
    await breakOrders();
    await shop.send(placed('2026-01-05', { total: 25_000 }), completed('2026-01-08'));
    await runtime.settle();
    const { code, out, err } = await deadLetters('list', '--json');
    expect([code, err]).toEqual([0, '']);
    const before = (JSON.parse(out) as Listed).queues;
    expect(before.map(({ queue, count }) => [queue, count])).toEqual(
      (await listed()).map(({ queue, count }) => [queue, count]),
    );
    const dead = before.find(({ queue }) => queue === 'rapport-dev-loyalty-order-placed-dead');
    expect(dead).toMatchObject({ count: 1 });
    const [letter] = dead!.letters;
    expect(letter).toMatchObject({ code: 'retries_exhausted', eventId: 'ord-1:placed', type: 'order.placed.v1' });

    const shown = await deadLetters('show', letter!.messageId!);
    expect(shown.code).toBe(0);
    for (const part of ['retries_exhausted', '"id": "ord-1:placed"', dead!.queue]) expect(shown.out).toContain(part);

    const inVain = await deadLetters('redrive', '--id', letter!.messageId!);
    expect(inVain.code).toBe(2);
    expect(inVain.err).toMatch(/^dead-letters: .+ fails still, and stands among the dead letters as before: .+\n$/);
    const still = await listed();
    expect(still.map(({ queue, count }) => [queue, count])).toEqual(before.map(({ queue, count }) => [queue, count]));

    await mendOrders();
    const mended = await deadLetters('redrive', '--all');
    expect(mended.err).toBe('');
    expect(mended.code).toBe(0);
    expect(mended.out).toContain('taken   ');
    expect(await listed()).toEqual([]);
    await runtime.settle();
    const { body } = await shop.get('/v1/members/ann');
    expect(body).toMatchObject({ lifetime: { orders: 1, spend: 25_000 } });
  });

  it('goes to the reaction that failed, and not to the others once more', async () => {
    await breakOrders();
    await shop.send(placed('2026-01-05'));
    await runtime.settle();
    await mendOrders();
    expect((await deadLetters('redrive', '--queue', 'rapport-dev-loyalty-order-placed-dead')).code).toBe(0);
    await runtime.settle();
    const types = (await busTypes()).filter((type) => type === 'order.placed.v1');
    expect(types).toHaveLength(1);
  });

  it('that can never be taken are dropped, when somebody says so', async () => {
    putPoison();
    await runtime.settle();
    const letters = (await listed()).flatMap((it) => it.letters);
    expect(letters.length).toBeGreaterThan(0);
    expect(new Set(letters.map(({ code }) => code))).toEqual(new Set(['invalid_event']));
    const [first] = letters;
    const asked = await deadLetters('drop', '--id', first!.messageId!);
    expect([asked.code, asked.err]).toEqual([2, 'dead-letters: There is no terminal to ask at: pass --yes.\n']);
    expect((await listed()).flatMap((it) => it.letters)).toHaveLength(letters.length);
    const { code, out } = await deadLetters('drop', '--id', first!.messageId!, '--yes');
    expect([code, out]).toEqual([0, `dropped ${first!.messageId} (order.placed.v1 poison)\n`]);
    expect((await listed()).flatMap((it) => it.letters)).toHaveLength(letters.length - 1);
    for (const { queue } of letters.slice(1)) await drop(backend, { queue });
    expect(await listed()).toEqual([]);
  });

  it('of a schedule start its function again', async () => {
    await post('rapport-dev-loyalty-due-undelivered', {
      'detail-type': 'Scheduled Event',
      time: '2026-01-05T10:00:00Z',
    });
    const { code, out } = await deadLetters('redrive', '--all');
    expect([code, out.startsWith('taken   ')]).toEqual([0, true]);
    expect(await listed()).toEqual([]);
  });

  it('of a stream are read from it again, by the position that the letter names', async () => {
    await shop.send(placed('2026-01-05'));
    await runtime.settle();
    const position = await lastChange();
    await post('rapport-dev-loyalty-publisher-dead', { DDBStreamBatchInfo: position });
    const { code, out } = await deadLetters('redrive', '--all');
    expect([code, out.startsWith('taken   ')]).toEqual([0, true]);
    expect(await listed()).toEqual([]);
  });

  it('of a stream whose records are gone stay, and say what to do', async () => {
    await shop.send(placed('2026-01-05'));
    await runtime.settle();
    const { streamArn = '', ...position } = await lastChange();
    const gone = { ...position, streamArn: streamArn.replace('profile', 'former') };
    await post('rapport-dev-loyalty-publisher-dead', { DDBStreamBatchInfo: gone });
    const { code, err } = await deadLetters('redrive', '--all');
    expect(code).toBe(2);
    expect(err).toContain('npm run reconcile');
    expect(await listed()).toMatchObject([{ queue: 'rapport-dev-loyalty-publisher-dead', count: 1 }]);
  });

  it.each([
    [['redrive'], 'Which letters? --queue NAME, --id ID or --all'],
    [['redrive', '--id', 'x', '--all'], 'Which letters? --queue NAME, --id ID or --all'],
    [['drop'], 'Which letters? --queue NAME or --id ID'],
    [['drop', '--all'], 'drop takes no --all.'],
    [['mend'], '"mend" is none of list, show, redrive and drop.'],
    [['show'], 'Which letter? show ID'],
    [['show', 'nobody'], 'There is no dead letter nobody; list says which there are.'],
    [['redrive', '--id', 'nobody'], 'There is no dead letter nobody; list says which there are.'],
    [['list', '--queue', 'other'], /^"other" is no queue of dead letters of http/],
    [['list', '--limit', '0'], '--limit takes a whole number from 1 to 1000, not "0".'],
    [['list', '--loud'], /^Unknown option '--loud'/],
    [['list', '--stage', 'dev'], 'A backend is either --url or --stage.'],
  ])('%j is answered in one line, and nothing is done', async (args, message) => {
    const { code, err } = await deadLetters(...args);
    expect(code).toBe(2);
    expect(err.split('\n')).toHaveLength(2);
    expect(err.replace('dead-letters: ', '').trim()).toEqual(
      typeof message === 'string' ? message : expect.stringMatching(message),
    );
  });

  it.each([
    [['--url', 'http://127.0.0.1:9'], /No local backend answers/],
    [['--stage', 'moon'], /There is no stage "moon"; there are dev, staging, prod/],
  ])('of a backend that is not there: %j', async (args, message) => {
    const { code, err } = await runCommand('dead-letters', 'list', ...args);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});

async function post(queue: string, body: unknown): Promise<void> {
  const QueueUrl = runtime.wiring.queues.find(({ name }) => name === queue)?.url;
  await queues.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(body) }));
}

async function busTypes(): Promise<string[]> {
  const { items } = (await (await fetch(`${runtime.url}/local/events`)).json()) as { items: { type: string }[] };
  return items.map(({ type }) => type);
}

/** Where in the stream of the profiles the last change stands, as Lambda writes it into a letter. */
async function lastChange() {
  const streams = new DynamoDBStreamsClient({ ...local, endpoint: runtime.tablesEndpoint });
  const { Streams } = await streams.send(new ListStreamsCommand({ TableName: PROFILE }));
  const streamArn = Streams?.at(-1)?.StreamArn;
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn: streamArn }));
  const shardId = StreamDescription?.Shards?.at(-1)?.ShardId;
  const { ShardIterator } = await streams.send(
    new GetShardIteratorCommand({ StreamArn: streamArn, ShardId: shardId, ShardIteratorType: 'TRIM_HORIZON' }),
  );
  const { Records = [] } = await streams.send(new GetRecordsCommand({ ShardIterator }));
  streams.destroy();
  const number = Records.at(-1)?.dynamodb?.SequenceNumber;
  return { streamArn, shardId, startSequenceNumber: number, endSequenceNumber: number, batchSize: 1 };
}
