import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { fromItem } from '../../shared/adapters/dynamo/attributes.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { ATTENTION_INDEX } from '../../shared/adapters/dynamo/keys.ts';

export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
export const LOCAL_REGION = 'eu-west-1';

export type Tables = { profile: string; inbox: string; catalog: string; vault: string };

/** A DynamoDB in memory, for one test file. */
export type Dynoxide = {
  endpoint: string;
  client: DynamoDBClient;
  /** Makes the three tables, empty, under names of their own: what one test leaves behind no other sees. */
  createTables(): Promise<Tables>;
  /** Every item of a table as plain JSON, sorted by key. */
  items(table: string): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
};

let tableSets = 0;

export async function startDynoxide(): Promise<Dynoxide> {
  const { process: child, endpoint } = await launch();
  const client = dynamoClient({ endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS });
  return {
    endpoint,
    client,
    async createTables() {
      tableSets += 1;
      const names = {
        profile: `profile-${tableSets}`,
        inbox: `inbox-${tableSets}`,
        catalog: `catalog-${tableSets}`,
        vault: `vault-${tableSets}`,
      };
      await Promise.all([
        client.send(new CreateTableCommand(tableWith(names.profile, { attention: true, stream: true }))),
        client.send(new CreateTableCommand(tableWith(names.inbox, { attention: true, stream: false }))),
        client.send(new CreateTableCommand(tableWith(names.catalog, { attention: false, stream: true }))),
        client.send(new CreateTableCommand(tableWith(names.vault, { attention: false, stream: false }))),
      ]);
      return names;
    },
    async items(table) {
      const { Items = [] } = await client.send(new ScanCommand({ TableName: table, ConsistentRead: true }));
      return Items.map(fromItem).sort((a, b) => (`${a.pk}\n${a.sk}` < `${b.pk}\n${b.sk}` ? -1 : 1));
    },
    async stop() {
      client.destroy();
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
}

async function launch(): Promise<{ process: ChildProcess; endpoint: string }> {
  const port = await freePort();
  const child = spawn(binary(), ['--port', String(port)], { stdio: ['ignore', 'ignore', 'pipe'] });
  process.once('exit', () => child.kill('SIGKILL'));
  for await (const line of createInterface({ input: child.stderr })) {
    if (!line.includes('listening')) continue;
    child.stderr.resume();
    return { process: child, endpoint: `http://127.0.0.1:${port}` };
  }
  throw new Error('dynoxide ended before it listened');
}

function binary(): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve('@dynoxide/linux-x64/package.json')), 'dynoxide');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port');
  return address.port;
}

function tableWith(
  name: string,
  { attention, stream }: { attention: boolean; stream: boolean },
): CreateTableCommandInput {
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: ['pk', 'sk', ...(attention ? ['attentionState', 'attentionSince'] : [])].map((it) => ({
      AttributeName: it,
      AttributeType: 'S',
    })),
    ...(attention
      ? {
          GlobalSecondaryIndexes: [
            {
              IndexName: ATTENTION_INDEX,
              KeySchema: [
                { AttributeName: 'attentionState', KeyType: 'HASH' },
                { AttributeName: 'attentionSince', KeyType: 'RANGE' },
              ],
              Projection: { ProjectionType: 'KEYS_ONLY' },
            },
          ],
        }
      : {}),
    ...(stream ? { StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' } } : {}),
  };
}
