import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it } from 'vitest';
import { deadLetters } from '../../shared/adapters/sqs/dead-letters.ts';

const sqs = mockClient(SQSClient);
const letters = deadLetters('https://sqs.eu-west-1.amazonaws.com/1/dead', { region: 'eu-west-1' });

beforeEach(() => {
  sqs.reset();
  sqs.on(SendMessageCommand).resolves({});
});

const sent = () => sqs.commandCalls(SendMessageCommand).map((call) => call.args[0].input);
const text = (StringValue: string) => ({ DataType: 'String', StringValue });

it('sends the message as it came, with code, reason and function', async () => {
  await letters.send({ body: '{"a":1}', code: 'invalid_event', reason: 'data: no', function: 'loyalty' });
  expect(sent()).toEqual([
    {
      QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/dead',
      MessageBody: '{"a":1}',
      MessageAttributes: { code: text('invalid_event'), reason: text('data: no'), function: text('loyalty') },
    },
  ]);
});

it('makes any reason one that SQS takes: no control characters, not empty, not without end', async () => {
  await letters.send({ body: 'x', code: 'c', reason: 'a\u0000b\ufffe', function: 'f' });
  await letters.send({ body: 'x', code: 'c', reason: '', function: 'f' });
  await letters.send({ body: 'x', code: 'c', reason: 'r'.repeat(5_000), function: 'f' });
  const reasons = sent().map((it) => it.MessageAttributes?.reason?.StringValue);
  expect(reasons).toEqual(['a b ', '-', 'r'.repeat(1_000)]);
});

it('throws where the queue does not take it', async () => {
  sqs.on(SendMessageCommand).rejects(new Error('down'));
  await expect(letters.send({ body: 'x', code: 'c', reason: 'r', function: 'f' })).rejects.toThrow('down');
});
