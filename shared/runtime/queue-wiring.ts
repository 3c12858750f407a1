import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { inboxStore } from '../adapters/dynamo/inbox-store.ts';
import { deadLetters } from '../adapters/sqs/dead-letters.ts';
import { readEnv } from './env.ts';
import type { QueueDependencies } from './queue-handler.ts';

/** Opens what every reaction has in common from its environment; its own stores come beside it. */
export function openQueue(client: DynamoDBClient): QueueDependencies {
  const env = readEnv('INBOX_TABLE', 'DEAD_LETTER_QUEUE_URL', 'MAX_RECEIVE_COUNT');
  const maxReceiveCount = Number(env.MAX_RECEIVE_COUNT);
  if (!Number.isInteger(maxReceiveCount) || maxReceiveCount < 1) {
    throw new Error('MAX_RECEIVE_COUNT is no positive integer');
  }
  return {
    inbox: inboxStore(client, env.INBOX_TABLE),
    deadLetters: deadLetters(env.DEAD_LETTER_QUEUE_URL),
    maxReceiveCount,
  };
}
