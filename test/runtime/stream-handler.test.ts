import type { DynamoDBStreamEvent } from 'aws-lambda';
import { expect, it } from 'vitest';
import { type ItemChange, oneByOne, streamHandler } from '../../shared/runtime/stream-handler.ts';
import { lambdaContext, lineCollector } from '../support/lambda.ts';

const batch = (...names: string[]): DynamoDBStreamEvent => ({
  Records: names.map((name) => ({
    eventName: 'MODIFY',
    dynamodb: {
      SequenceNumber: `seq-${name}`,
      Keys: { pk: { S: name } },
      OldImage: { pk: { S: name }, n: { N: '1' } },
      NewImage: { pk: { S: name }, n: { N: '2' } },
    },
  })),
});

function start(react: (change: ItemChange) => void | Promise<void>) {
  const done: string[] = [];
  const { write, lines } = lineCollector();
  const handler = streamHandler(
    () => ({ write }),
    oneByOne(async (change) => {
      await react(change);
      done.push(change.sequenceNumber);
    }),
  );
  return { done, lines, run: (event: DynamoDBStreamEvent) => handler(event, lambdaContext()) };
}

it('hands on each change with its images, in the order of the stream', async () => {
  const changes: ItemChange[] = [];
  const { run, done } = start((change) => void changes.push(change));
  expect(await run(batch('a', 'b'))).toEqual({ batchItemFailures: [] });
  expect(done).toEqual(['seq-a', 'seq-b']);
  expect(changes[0]).toEqual({
    eventName: 'MODIFY',
    sequenceNumber: 'seq-a',
    keys: { pk: { S: 'a' } },
    before: { pk: { S: 'a' }, n: { N: '1' } },
    after: { pk: { S: 'a' }, n: { N: '2' } },
    expired: false,
  });
});

it('stops at the first change that fails and asks for the stream again from there', async () => {
  const { run, done, lines } = start(({ sequenceNumber }) => {
    if (sequenceNumber === 'seq-b') throw new Error('no');
  });
  expect(await run(batch('a', 'b', 'c'))).toEqual({ batchItemFailures: [{ itemIdentifier: 'seq-b' }] });
  expect(done).toEqual(['seq-a']);
  expect(lines).toContainEqual(expect.objectContaining({ message: 'retry', sequenceNumber: 'seq-b' }));
  expect(lines).toContainEqual(expect.objectContaining({ Retried: 2 }));
});

it('tells an item that expired from one that was taken away', async () => {
  const seen: boolean[] = [];
  const { run } = start((change) => void seen.push(change.expired));
  const event = batch('a', 'b');
  event.Records[1]!.userIdentity = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };
  await run(event);
  expect(seen).toEqual([false, true]);
});

it('fails a batch from its start where the reaction to it throws', async () => {
  const react = () => Promise.reject(new Error('no'));
  const handler = streamHandler(() => ({ write: lineCollector().write }), react);
  expect(await handler(batch('a', 'b'), lambdaContext())).toEqual({ batchItemFailures: [{ itemIdentifier: 'seq-a' }] });
});
