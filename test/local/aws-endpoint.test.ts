import { EventBridgeClient, ListRulesCommand, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAwsEndpoint } from '../../infra/local/aws-endpoint.ts';
import { Bus } from '../../infra/local/bus.ts';
import { closeServer, listen } from '../../infra/local/listen.ts';
import { Store } from '../../infra/local/store.ts';
import type { Wiring } from '../../infra/local/wiring/model.ts';
import { readWiring } from '../../infra/local/wiring/read-wiring.ts';
import { credentials, fact } from './fixture/items.ts';
import { fixtureStacks } from './fixture/stacks.ts';

const store = new Store(':memory:');
let wiring: Wiring | undefined;
let bus: Bus | undefined;
let latest: number | undefined;
const server = createAwsEndpoint({
  bus: () => bus!,
  store,
  queues: () => wiring!.queues,
  onSent: () => undefined,
  functions: () => wiring!.functions,
  invoke: async (invoked, event) => {
    if ((event as { fail?: boolean }).fail === true) throw new Error('it fails');
    return { invoked, event };
  },
});
let eventBridge: EventBridgeClient;
let sqs: SQSClient;
let lambda: LambdaClient;
const queueUrl = (name: string): string => wiring!.queues.find((queue) => queue.name === name)!.url;

beforeAll(async () => {
  const endpoint = `http://127.0.0.1:${await listen(server, 0)}`;
  wiring = readWiring(fixtureStacks(), {
    surroundings: { region: 'eu-west-1', account: '000000000000' },
    queueUrl: (name) => `${endpoint}/000000000000/${name}`,
  });
  bus = new Bus({
    wiring,
    store,
    chaos: () => undefined,
    onAccepted: (_queues, latestMs) => {
      latest = latestMs;
    },
  });
  const config = { endpoint, region: 'eu-west-1', credentials, maxAttempts: 1 };
  eventBridge = new EventBridgeClient(config);
  sqs = new SQSClient(config);
  lambda = new LambdaClient(config);
});

afterAll(async () => {
  eventBridge.destroy();
  sqs.destroy();
  lambda.destroy();
  await closeServer(server);
  store.close();
});

const take = (queue: string) => store.receive(queue, 100, Date.now(), Number.MAX_SAFE_INTEGER);

describe('PutEvents, as the SDK sends it', () => {
  it('is in the queue of each matching rule, and in the lake, when it answers', async () => {
    const answer = await eventBridge.send(
      new PutEventsCommand({
        Entries: [fact('one', {}, '2026-02-01T00:00:00Z'), fact('two', {}, '2026-01-01T00:00:00Z')],
      }),
    );
    expect(answer.FailedEntryCount).toBe(0);
    expect(answer.Entries?.map(({ EventId }) => typeof EventId)).toEqual(['string', 'string']);
    expect(take('rapport-fixture-facts-in').map(({ body }) => JSON.parse(body))).toEqual([
      { id: 'one', time: '2026-02-01T00:00:00Z', data: {} },
      { id: 'two', time: '2026-01-01T00:00:00Z', data: {} },
    ]);
    expect(take('rapport-fixture-derived')).toEqual([]);
    expect(store.lakeLines(10)).toHaveLength(2);
    expect(latest).toBe(Date.parse('2026-02-01T00:00:00Z'));
  });

  it('fails entries one by one', async () => {
    const good = fact('good');
    const { FailedEntryCount, Entries } = await eventBridge.send(
      new PutEventsCommand({
        Entries: [
          { ...good, Detail: '{' },
          { ...good, Detail: '"text"' },
          { ...good, Source: '' },
          { ...good, Source: 'aws.s3' },
          { ...good, EventBusName: 'nobody' },
          good,
        ],
      }),
    );
    expect(FailedEntryCount).toBe(5);
    expect(Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      'MalformedDetail',
      'MalformedDetail',
      'InvalidArgument',
      'NotAuthorizedForSourceException',
      'ResourceNotFoundException',
      undefined,
    ]);
    expect(take('rapport-fixture-facts-in')).toHaveLength(1);
  });

  it.each([
    ['more than ten entries', Array.from({ length: 11 }, (_, index) => fact(String(index)))],
    ['no entry', []],
    ['more than 256 KB', [fact('large', { text: 'x'.repeat(257 * 1024) })]],
  ])('refuses %s as a whole', async (_name, Entries) => {
    await expect(eventBridge.send(new PutEventsCommand({ Entries }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    expect(take('rapport-fixture-facts-in')).toEqual([]);
  });
});

describe('SendMessage, as the SDK sends it', () => {
  it('keeps body and attributes', async () => {
    const answer = await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl('rapport-fixture-facts-dead'),
        MessageBody: '{"id":"ü"}',
        MessageAttributes: { reason: { DataType: 'String', StringValue: 'unknown_member' } },
      }),
    );
    const [message] = take('rapport-fixture-facts-dead');
    expect(message).toMatchObject({
      messageId: answer.MessageId,
      body: '{"id":"ü"}',
      attributes: { reason: { dataType: 'String', stringValue: 'unknown_member' } },
    });
  });

  it('refuses a queue that is not there', async () => {
    const missing = queueUrl('rapport-fixture-facts-dead').replace('facts-dead', 'nothing');
    const send = sqs.send(new SendMessageCommand({ QueueUrl: missing, MessageBody: 'x' }));
    await expect(send).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  });
});

it('refuses every other operation by name', async () => {
  await expect(eventBridge.send(new ListRulesCommand({}))).rejects.toThrow(/AWSEvents.ListRules/);
  await expect(sqs.send(new PurgeQueueCommand({ QueueUrl: queueUrl('rapport-fixture-facts-in') }))).rejects.toThrow(
    /AmazonSQS.PurgeQueue/,
  );
});

describe('messages, as somebody who mends takes them', () => {
  const name = 'rapport-fixture-facts-dead';
  const receive = async (VisibilityTimeout: number) => {
    const asked = { QueueUrl: queueUrl(name), VisibilityTimeout, MaxNumberOfMessages: 10 };
    const all = { MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All' as const] };
    return (await sqs.send(new ReceiveMessageCommand({ ...asked, ...all }))).Messages ?? [];
  };
  const counts = async () => {
    const asked = { QueueUrl: queueUrl(name), AttributeNames: ['All' as const] };
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand(asked));
    return [Attributes?.ApproximateNumberOfMessages, Attributes?.ApproximateNumberOfMessagesNotVisible];
  };
  const change = (ReceiptHandle: string | undefined, VisibilityTimeout: number) =>
    sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl(name), ReceiptHandle, VisibilityTimeout }));
  const remove = (ReceiptHandle: string | undefined) =>
    sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl(name), ReceiptHandle }));

  it('are held, given back, and removed by whoever holds them', async () => {
    store.clear();
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
    expect(QueueUrl).toBe(queueUrl(name));
    const attributes = { code: { DataType: 'String', StringValue: 'invalid_event' } };
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{"id":"ü"}', MessageAttributes: attributes }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{"id":"2"}' }));

    const held = await receive(60);
    expect(held.map(({ Body }) => Body)).toEqual(['{"id":"ü"}', '{"id":"2"}']);
    expect(held[0]).toMatchObject({ MessageAttributes: attributes, Attributes: { ApproximateReceiveCount: '1' } });
    expect(await receive(60)).toEqual([]);
    expect(await counts()).toEqual(['0', '2']);

    await change(held[0]?.ReceiptHandle, 0);
    expect(await counts()).toEqual(['1', '1']);
    const [again] = await receive(60);
    // The first receipt no longer holds it, so it removes nothing.
    await remove(held[0]?.ReceiptHandle);
    await expect(change(held[0]?.ReceiptHandle, 0)).rejects.toMatchObject({ name: 'MessageNotInflight' });
    expect(await counts()).toEqual(['0', '2']);
    await remove(again?.ReceiptHandle);
    await remove(held[1]?.ReceiptHandle);
    expect(await counts()).toEqual(['0', '0']);
  });

  it('of a queue that is not there are refused', async () => {
    const unknown = sqs.send(new GetQueueUrlCommand({ QueueName: 'nothing' }));
    await expect(unknown).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  });
});

describe('invocations, as the SDK sends them', () => {
  const invoke = async (FunctionName: string, event: unknown) => {
    const { Payload, ...answer } = await lambda.send(
      new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(event)) }),
    );
    return {
      FunctionError: answer.FunctionError,
      answer: JSON.parse(Buffer.from(Payload ?? []).toString()) as unknown,
    };
  };

  it('answer with what the function answers, or with its error', async () => {
    const name = wiring?.functions[0]?.physicalName ?? '';
    expect(await invoke(name, { a: 1 })).toEqual({ answer: { invoked: wiring?.functions[0]?.name, event: { a: 1 } } });
    expect(await invoke(`${name}:live`, { a: 2 })).toMatchObject({ answer: { event: { a: 2 } } });
    expect(await invoke(name, { fail: true })).toMatchObject({
      FunctionError: 'Unhandled',
      answer: { errorMessage: 'it fails' },
    });
  });

  it('refuse a function that is not there', async () => {
    await expect(invoke('nobody', {})).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
