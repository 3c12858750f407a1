import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { FirehoseClient } from '@aws-sdk/client-firehose';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { nameOf, type StageName } from '../config.ts';
import type { TableName } from '../constructs/wiring.ts';

/**
 * A running backend, as somebody who mends it reaches it: the same clients of AWS for a deployed stage and for a local runtime,
 * which speaks their protocols.
 */
export type RepairBackend = {
  /** What to call it in a message: `http://127.0.0.1:4000`, or `stage dev`. */
  name: string;
  stage: StageName;
  /** Whether it is a local runtime; only its timing differs. */
  local: boolean;
  sqs: SQSClient;
  lambda: LambdaClient;
  streams: DynamoDBStreamsClient;
  dynamo: DynamoDBClient;
  events: EventBridgeClient;
  firehose: FirehoseClient;
  table(name: TableName): string;
  /** The address of a queue; undefined where there is no such queue. */
  queueUrl(queue: string): Promise<string | undefined>;
  /** The backend's own clock, in milliseconds since 1970. */
  nowMs(): Promise<number>;
  close(): void;
};

/** Where the services are, for clients that are not to look for that themselves. */
export type Endpoints = {
  region: string;
  aws: string;
  tables: string;
};

type Settings = { region?: string; credentials?: { accessKeyId: string; secretAccessKey: string } };

/** The clients of a backend. Without endpoints the SDK finds region, credentials and endpoints by itself. */
export function backendOf(
  about: { name: string; stage: StageName; local: boolean; nowMs: () => Promise<number> },
  endpoints?: Endpoints,
): RepairBackend {
  const settings: Settings =
    endpoints === undefined
      ? {}
      : { region: endpoints.region, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  const aws = { ...settings, ...(endpoints === undefined ? {} : { endpoint: endpoints.aws }) };
  const tables = { ...settings, ...(endpoints === undefined ? {} : { endpoint: endpoints.tables }) };
  const clients = {
    // The address of a queue may name another host than the one that the endpoint was given as.
    sqs: new SQSClient({ ...aws, useQueueUrlAsEndpoint: false }),
    lambda: new LambdaClient({ ...aws, maxAttempts: 1 }),
    streams: new DynamoDBStreamsClient(tables),
    dynamo: new DynamoDBClient(tables),
    events: new EventBridgeClient(aws),
    firehose: new FirehoseClient(aws),
  };
  const urls = new Map<string, string | undefined>();
  return {
    ...about,
    ...clients,
    table: (name) => nameOf(about.stage, name),
    async queueUrl(queue) {
      if (!urls.has(queue)) urls.set(queue, await urlOf(clients.sqs, queue));
      return urls.get(queue);
    },
    close() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

async function urlOf(sqs: SQSClient, queue: string): Promise<string | undefined> {
  try {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queue }));
    return QueueUrl;
  } catch (error) {
    if (error instanceof Error && /QueueDoesNotExist|NonExistentQueue/.test(error.name)) return undefined;
    throw error;
  }
}
