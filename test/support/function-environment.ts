import { hash } from 'node:crypto';
import { vi } from 'vitest';
import { type AwsEndpoint, startAwsEndpoint } from './aws-endpoint.ts';
import { type Dynoxide, startDynoxide, type Tables } from './dynoxide.ts';
import { startKeyService } from './key-service.ts';

/** What an entry module finds when it is loaded: tables, a dead-letter queue, a bus, and the variables that name them. */
export type FunctionEnvironment = {
  dynoxide: Dynoxide;
  queue: AwsEndpoint;
  bus: AwsEndpoint;
  /** Empty tables, no calls remembered, and modules that will be loaded anew. */
  renew(): Promise<Tables>;
  stop(): Promise<void>;
};

export async function startFunctionEnvironment(): Promise<FunctionEnvironment> {
  const dynoxide = await startDynoxide();
  const [queue, bus] = [await startAwsEndpoint(), await startAwsEndpoint()];
  const keys = await startKeyService();
  const variables = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: dynoxide.endpoint,
    AWS_ENDPOINT_URL_SQS: queue.url,
    AWS_ENDPOINT_URL_EVENTBRIDGE: bus.url,
    AWS_ENDPOINT_URL_KMS: keys.url,
    VAULT_KEY_ID: 'stage-key',
    PSEUDONYM_KEY_ID: 'pseudonym-key',
    DEAD_LETTER_QUEUE_URL: 'http://queues.invalid/dead',
    MAX_RECEIVE_COUNT: '5',
    BUS_NAME: 'bus',
    LOG_LEVEL: 'silent',
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  return {
    dynoxide,
    queue,
    bus,
    async renew() {
      const tables = await dynoxide.createTables();
      vi.stubEnv('PROFILE_TABLE', tables.profile);
      vi.stubEnv('INBOX_TABLE', tables.inbox);
      vi.stubEnv('VAULT_TABLE', tables.vault);
      vi.resetModules();
      queue.calls.length = 0;
      bus.calls.length = 0;
      // The client checks what the queue says it has received.
      queue.answerWith(({ input }) => ({ MessageId: 'm', MD5OfMessageBody: hash('md5', String(input.MessageBody)) }));
      bus.answerWith(({ input }) => ({
        FailedEntryCount: 0,
        Entries: (input.Entries as unknown[]).map((_, at) => ({ EventId: `bus-${at}` })),
      }));
      return tables;
    },
    async stop() {
      vi.unstubAllEnvs();
      await Promise.all([queue.stop(), bus.stop(), keys.stop(), dynoxide.stop()]);
    },
  };
}
