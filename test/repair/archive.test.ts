import {
  DescribeArchiveCommand,
  DescribeReplayCommand,
  EventBridgeClient,
  StartReplayCommand,
} from '@aws-sdk/client-eventbridge';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { backendOf, type RepairBackend } from '../../infra/repair/backend.ts';
import { openArchive } from '../../infra/repair/replay/archive.ts';

const NOW_MS = Date.parse('2026-03-01T00:00:00Z');
const at = (time: string): number => Date.parse(time);
const february = { fromMs: at('2026-02-01T00:00:00Z'), toMs: at('2026-02-28T00:00:00Z') };
const ARN = 'arn:aws:events:eu-west-1:111122223333';

const events = mockClient(EventBridgeClient);
const sqs = mockClient(SQSClient);

/** A local backend is looked at without waiting. */
function staging(): RepairBackend {
  const endpoints = { region: 'eu-west-1', aws: 'http://127.0.0.1:9', tables: 'http://127.0.0.1:9' };
  const about = { name: 'stage staging', stage: 'staging', local: true, nowMs: async () => NOW_MS } as const;
  return { ...backendOf(about, endpoints), queueUrl: async (queue) => `http://queues/${queue}` };
}

beforeEach(() => {
  events.reset();
  sqs.reset();
  events.on(DescribeArchiveCommand).resolves({
    ArchiveArn: `${ARN}:archive/rapport-staging-archive`,
    EventSourceArn: `${ARN}:event-bus/rapport-staging-bus`,
    RetentionDays: 30,
  });
  events.on(StartReplayCommand).resolves({ State: 'STARTING' });
  events.on(DescribeReplayCommand).resolves({ State: 'COMPLETED' });
});

describe('the archive of a stage', () => {
  it.each([
    [
      'a span that has not begun',
      '2026-03-02T00:00:00Z',
      '2026-03-03T00:00:00Z',
      /has not come yet: it is 2026-03-01T00:00:00Z for stage staging/,
    ],
    ['a span that ends before it begins', '2026-02-02T00:00:00Z', '2026-02-01T00:00:00Z', /--from is not before --to/],
    [
      'a span that it no longer holds',
      '2025-12-01T00:00:00Z',
      '2026-01-01T00:00:00Z',
      /rapport-staging-archive keeps 30 days: nothing from before 2026-01-30T00:00:00Z/,
    ],
  ])('refuses %s', async (_, from, to, message) => {
    await expect(openArchive(staging(), { fromMs: at(from), toMs: at(to) })).rejects.toThrow(message);
    expect(events.commandCalls(StartReplayCommand)).toHaveLength(0);
  });

  it('is read through the rule of previews alone, and what an earlier preview left behind is dropped', async () => {
    const archive = await openArchive(staging(), february);
    const message = (MessageId: string, name: string) => {
      const Body = JSON.stringify({ 'detail-type': 'order.placed.v1', 'replay-name': name, detail: { id: MessageId } });
      return { MessageId, ReceiptHandle: MessageId, Body };
    };
    let first = true;
    sqs.on(ReceiveMessageCommand).callsFake(() => {
      const name = events.commandCalls(StartReplayCommand)[0]?.args[0].input.ReplayName ?? '';
      const Messages = first ? [message('ours', name), message('old', 'rapport-staging-preview-before')] : [];
      first = false;
      return { Messages };
    });
    const read: string[] = [];
    await archive.read(february, async (found) => {
      read.push(...found.map(({ body }) => body));
    });
    expect(read).toEqual(['{"id":"ours"}']);
    expect(sqs.commandCalls(DeleteMessageCommand).map(({ args: [{ input }] }) => input.ReceiptHandle)).toEqual([
      'ours',
      'old',
    ]);
    const [started] = events.commandCalls(StartReplayCommand).map(({ args: [{ input }] }) => input);
    expect(started).toMatchObject({
      ReplayName: expect.stringMatching(/^rapport-staging-preview-[a-z0-9-]+$/),
      EventStartTime: new Date(february.fromMs),
      EventEndTime: new Date(february.toMs),
      Destination: {
        Arn: `${ARN}:event-bus/rapport-staging-bus`,
        FilterArns: [`${ARN}:rule/rapport-staging-bus/rapport-staging-replay-preview`],
      },
    });
    expect(started?.ReplayName?.length).toBeLessThanOrEqual(64);
  });

  it('is replayed to every rule, or to those that are named, under a name that is no preview', async () => {
    const archive = await openArchive(staging(), february);
    await archive.replay(february, {});
    await archive.replay(february, { rules: ['rapport-staging-loyalty-order-placed'] });
    const [all, some] = events.commandCalls(StartReplayCommand).map(({ args: [{ input }] }) => input);
    expect(all?.ReplayName).toMatch(/^rapport-staging-replay-/);
    expect(all?.Destination).toEqual({ Arn: `${ARN}:event-bus/rapport-staging-bus` });
    expect(some?.Destination?.FilterArns).toEqual([
      `${ARN}:rule/rapport-staging-bus/rapport-staging-loyalty-order-placed`,
    ]);
  });

  it('says why a replay was broken off', async () => {
    events.on(DescribeReplayCommand).resolves({ State: 'FAILED', StateReason: 'the bus is gone' });
    const archive = await openArchive(staging(), february);
    await expect(archive.replay(february, {})).rejects.toThrow(/was broken off: the bus is gone/);
  });
});
