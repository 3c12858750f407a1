import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { backendOf, type RepairBackend } from '../../infra/repair/backend.ts';
import { lookThrough, type Redriven, redrive } from '../../infra/repair/dead-letters.ts';

const DEAD = 'http://queues/rapport-dev-loyalty-order-placed-dead';
const QUEUE = 'http://queues/rapport-dev-loyalty-order-placed';
const endpoints = { region: 'eu-west-1', aws: 'http://127.0.0.1:9', tables: 'http://127.0.0.1:9' };

const sqs = mockClient(SQSClient);
/** What lies in each queue: a queue of SQS as small as this takes it. */
let lies: Map<string, Message[]>;
let done: string[];

function dev(): RepairBackend {
  const about = { name: 'stage dev', stage: 'dev', local: true, nowMs: async () => 0 } as const;
  return { ...backendOf(about, endpoints), queueUrl: async (queue) => `http://queues/${queue}` };
}

const letter = (id: string, body = `{"id":"${id}"}`): Message => ({
  MessageId: id,
  ReceiptHandle: id,
  Body: body,
  Attributes: { SentTimestamp: String(id.charCodeAt(0)) },
});

beforeEach(() => {
  lies = new Map([[DEAD, [letter('a'), letter('b')]]]);
  done = [];
  const held = new Set<string>();
  sqs.reset();
  sqs.on(GetQueueAttributesCommand).callsFake(({ QueueUrl }) => ({
    Attributes: { ApproximateNumberOfMessages: String(lies.get(QueueUrl)?.length ?? 0) },
  }));
  sqs.on(ReceiveMessageCommand).callsFake(({ QueueUrl }) => {
    const Messages = (lies.get(QueueUrl) ?? []).filter(({ MessageId = '' }) => !held.has(MessageId));
    for (const { MessageId = '' } of Messages) held.add(MessageId);
    return { Messages };
  });
  sqs.on(ChangeMessageVisibilityCommand).callsFake(({ ReceiptHandle, VisibilityTimeout }) => {
    if (VisibilityTimeout === 0) held.delete(ReceiptHandle);
    done.push(`visible ${ReceiptHandle}`);
  });
  sqs.on(SendMessageCommand).callsFake(({ QueueUrl, MessageBody }) => {
    done.push(`send ${MessageBody} to ${QueueUrl.slice('http://queues/'.length)}`);
  });
  sqs.on(DeleteMessageCommand).callsFake(({ QueueUrl, ReceiptHandle }) => {
    done.push(`delete ${ReceiptHandle}`);
    lies.set(
      QueueUrl,
      (lies.get(QueueUrl) ?? []).filter(({ MessageId }) => MessageId !== ReceiptHandle),
    );
  });
});

const send = (id?: string) =>
  redrive(dev(), id === undefined ? {} : { id }, { waitMs: 2_000, onOutcome: () => undefined });
const outcomes = (all: readonly Redriven[]) =>
  all.map(({ letter: it, outcome, messageId }) => [it.messageId, outcome, messageId]);

describe('letters that are sent again', () => {
  it('go to the queue of their reaction, and out of the queue of the dead only after that', async () => {
    expect(outcomes(await send('a'))).toEqual([['a', 'taken', undefined]]);
    const [first, second, third] = done;
    expect([first, second, third]).toEqual([
      'visible b',
      'send {"id":"a"} to rapport-dev-loyalty-order-placed',
      'delete a',
    ]);
  });

  it('stay where they are when they cannot be handed over', async () => {
    sqs.on(SendMessageCommand).rejects(new Error('throttled'));
    await expect(send()).rejects.toThrow('throttled');
    expect(done).toEqual(['visible a', 'visible b']);
    expect(lies.get(DEAD)).toHaveLength(2);
  });

  it('that fail again are found under their new id, not taken for one that lay there before', async () => {
    lies.set(DEAD, [letter('a'), letter('old', '{"id":"a"}')]);
    sqs.on(SendMessageCommand).callsFake(() => {
      lies.get(DEAD)?.push(letter('z', '{"id":"a"}'));
    });
    expect(outcomes(await send('a'))).toEqual([['a', 'failed', 'z']]);
    expect(lies.get(DEAD)?.map(({ MessageId }) => MessageId)).toEqual(['old', 'z']);
  });

  it('are not known to be taken while their queue is not empty', async () => {
    lies.set(QUEUE, [letter('busy')]);
    expect(outcomes(await send('b'))).toEqual([['b', 'unknown', undefined]]);
  });
});

it('letters are looked at and given back, oldest first', async () => {
  const [box] = await lookThrough(dev(), { queue: 'rapport-dev-loyalty-order-placed-dead' });
  expect(box?.letters.map(({ messageId }) => messageId)).toEqual(['a', 'b']);
  expect(done).toEqual(['visible a', 'visible b']);
});
