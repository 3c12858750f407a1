import {
  DescribeArchiveCommand,
  DescribeReplayCommand,
  EventBridgeClient,
  PutEventsCommand,
  StartReplayCommand,
} from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAwsEndpoint } from '../../infra/local/aws-endpoint.ts';
import { Bus } from '../../infra/local/bus.ts';
import { closeServer, listen } from '../../infra/local/listen.ts';
import { Replays } from '../../infra/local/replays.ts';
import { Store } from '../../infra/local/store.ts';
import { compilePattern } from '../../infra/local/wiring/event-pattern.ts';
import type { RuleModel, Wiring } from '../../infra/local/wiring/model.ts';
import { credentials } from './fixture/items.ts';

const ARN = 'arn:aws:events:eu-west-1:000000000000';
const rule = (name: string, pattern: unknown): RuleModel => ({
  name,
  arn: `${ARN}:rule/${name}`,
  bus: 'bus',
  matches: compilePattern(pattern, name),
  targets: [{ kind: 'queue', queue: name, inputPath: [] }],
});
const wiring = {
  region: 'eu-west-1',
  account: '000000000000',
  buses: ['bus'],
  rules: [
    rule('reaction', { source: ['shop'] }),
    rule('first-time', { source: ['shop'], 'replay-name': [{ exists: false }] }),
    rule('preview', { source: ['shop'], 'replay-name': [{ prefix: 'preview-' }] }),
  ],
  archives: [
    {
      name: 'archive',
      arn: `${ARN}:archive/archive`,
      bus: 'bus',
      busArn: `${ARN}:event-bus/bus`,
      matches: compilePattern({ source: ['shop'] }, 'archive'),
    },
  ],
} as unknown as Wiring;

const store = new Store(':memory:');
const bus = new Bus({ wiring, store, chaos: () => undefined, onAccepted: () => undefined });
const replays = new Replays({ wiring, store, bus, nowMs: () => 0 });
const options = { bus: () => bus, store, queues: () => [], onSent: () => undefined, replays: () => replays };
const server = createAwsEndpoint(options);
let events: EventBridgeClient;

beforeAll(async () => {
  const endpoint = `http://127.0.0.1:${await listen(server, 0)}`;
  events = new EventBridgeClient({ endpoint, region: 'eu-west-1', credentials, maxAttempts: 1 });
});
afterAll(async () => {
  events.destroy();
  await closeServer(server);
  store.close();
});
beforeEach(() => store.clear());

const put = (id: string, time: string, Source = 'shop') =>
  events.send(
    new PutEventsCommand({
      Entries: [
        { Source, DetailType: 'told', Detail: JSON.stringify({ id }), EventBusName: 'bus', Time: new Date(time) },
      ],
    }),
  );

async function replay(ReplayName: string, rules?: string[]): Promise<void> {
  const answer = await events.send(
    new StartReplayCommand({
      ReplayName,
      EventSourceArn: `${ARN}:archive/archive`,
      EventStartTime: new Date('2026-01-02T00:00:00Z'),
      EventEndTime: new Date('2026-01-04T00:00:00Z'),
      Destination: {
        Arn: `${ARN}:event-bus/bus`,
        ...(rules && { FilterArns: rules.map((it) => `${ARN}:rule/bus/${it}`) }),
      },
    }),
  );
  expect(answer.State).toBe('STARTING');
  await replays.idle();
}

const inQueue = (queue: string) =>
  store.list(queue, 100).map(({ body }) => {
    const { detail, ...event } = JSON.parse(body) as { detail: { id: string } } & Record<string, unknown>;
    return [detail.id, event['replay-name']];
  });

describe('archived events, as the SDK replays them', () => {
  beforeEach(async () => {
    await put('late', '2026-01-03T10:00:00Z');
    await put('early', '2026-01-02T10:00:00Z');
    await put('before', '2026-01-01T10:00:00Z');
    await put('other', '2026-01-03T10:00:00Z', 'elsewhere');
    for (const queue of ['reaction', 'first-time']) for (const { id } of store.list(queue, 100)) store.remove(id);
  });

  it('go through the rules of their bus again, in the order of their times, and are not archived twice', async () => {
    await replay('again');
    expect(inQueue('reaction')).toEqual([
      ['early', 'again'],
      ['late', 'again'],
    ]);
    expect(inQueue('first-time')).toEqual([]);
    expect(inQueue('preview')).toEqual([]);
    await replay('once-more');
    expect(inQueue('reaction')).toHaveLength(4);
    expect(await events.send(new DescribeReplayCommand({ ReplayName: 'again' }))).toMatchObject({
      State: 'COMPLETED',
      EventLastReplayedTime: new Date('2026-01-03T10:00:00Z'),
    });
  });

  it('reach the rules alone that are named', async () => {
    await replay('preview-1', ['preview']);
    expect(inQueue('preview')).toHaveLength(2);
    expect(inQueue('reaction')).toEqual([]);
  });

  it('are there when asked after', async () => {
    const { RetentionDays, EventSourceArn } = await events.send(new DescribeArchiveCommand({ ArchiveName: 'archive' }));
    expect([RetentionDays, EventSourceArn]).toEqual([0, `${ARN}:event-bus/bus`]);
    const unknown = events.send(new DescribeArchiveCommand({ ArchiveName: 'other' }));
    await expect(unknown).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('are replayed under a name once', async () => {
    await replay('same');
    await expect(replay('same')).rejects.toMatchObject({ name: 'ResourceAlreadyExistsException' });
    await expect(replay('no name')).rejects.toMatchObject({ name: 'ValidationException' });
  });
});
