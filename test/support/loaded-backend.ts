import { hash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stageNames } from '../../infra/config.ts';
import { Functions } from '../../infra/local/functions.ts';
import { createObjects } from '../../infra/local/objects.ts';
import { createTables } from '../../infra/local/tables.ts';
import type { Wiring } from '../../infra/local/wiring/model.ts';
import { readWiring } from '../../infra/local/wiring/read-wiring.ts';
import { stacksOf } from '../infra/stage-templates.ts';
import { startDynoxide } from './dynoxide.ts';
import { startKeyService } from './key-service.ts';
import { sqsBatch } from './lambda.ts';

/** What went to the bus, as its rules see it. */
export type BusEntry = { Source: string; DetailType: string; Detail: string };
/** What was laid aside, and why. */
export type Letter = { body: string; reason: string | undefined; code: string | undefined };

export type LoadedBackend = {
  wiring: Wiring;
  /** Answers as the function does; whatever it throws is thrown. */
  invoke(functionName: string, event: unknown): Promise<unknown>;
  /** Takes what has come to the bus since, and hands it to no one. */
  takeEntries(): BusEntry[];
  takeLetters(): Letter[];
  /** Hands an event to every reaction whose rule takes it, once. */
  deliver(entries: readonly BusEntry[]): Promise<void>;
  /** Lines of the log at the levels error and warn. */
  complaints: string[];
  stop(): Promise<void>;
};

const REGION = 'eu-west-1';

/**
 * Every function of the app with the environment that the templates give it, on tables in memory and without anything in between: what is called runs,
 * and nothing runs beside it. For questions to one function at a time, of which there are many.
 */
export async function loadBackend(): Promise<LoadedBackend> {
  const [stage] = stageNames;
  const stacks = (await stacksOf(stage)).map(({ name: stackName, template }) => ({ stackName, template }));
  const entries: BusEntry[] = [];
  const letters: Letter[] = [];
  const complaints: string[] = [];
  const aws = await serve(
    createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const input = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, never>;
        const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
        const answer = answerOf(operation, input, entries, letters);
        response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
      });
    }),
  );
  const dynoxide = await startDynoxide();
  const keys = await startKeyService();
  const folder = mkdtempSync(join(tmpdir(), 'rapport-loaded-'));
  const wiring = readWiring(stacks, {
    surroundings: { region: REGION, account: '000000000000' },
    queueUrl: (name) => `${aws.url}/000000000000/${name}`,
  });
  const objects = await serve(
    createObjects({ buckets: () => new Map(wiring.buckets.map(({ name }) => [name, join(folder, name)])) }),
  );
  await createTables(dynoxide.client, wiring.tables, false);
  const surroundings = {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: dynoxide.endpoint,
    AWS_ENDPOINT_URL_EVENTBRIDGE: aws.url,
    AWS_ENDPOINT_URL_SQS: aws.url,
    AWS_ENDPOINT_URL_S3: objects.url,
    AWS_ENDPOINT_URL_KMS: keys.url,
  };
  // The SDK reads these when a client is first used, which is after the functions are loaded.
  const before = { ...process.env };
  Object.assign(process.env, surroundings);
  const functions = await Functions.load({
    functions: wiring.functions,
    root: resolve('.'),
    surroundings,
    sink: ({ level, line }) => {
      if (level === 'error' || level === 'warn')
        complaints.push(typeof line === 'string' ? line : JSON.stringify(line));
    },
  });
  const invoke = (name: string, event: unknown): Promise<unknown> => functions.invoke(name, event);
  return {
    wiring,
    invoke,
    complaints,
    takeEntries: () => entries.splice(0),
    takeLetters: () => letters.splice(0),
    async deliver(taken) {
      for (const { Source, DetailType, Detail } of taken) {
        const event = { source: Source, 'detail-type': DetailType, detail: JSON.parse(Detail) as unknown };
        for (const { matches, targets } of wiring.rules) {
          if (!matches(event)) continue;
          for (const target of targets) {
            if (target.kind !== 'queue') continue;
            const mapping = wiring.queueMappings.find(({ queue }) => queue === target.queue);
            if (mapping !== undefined) await invoke(mapping.functionName, sqsBatch({ body: event.detail }));
          }
        }
      }
    },
    async stop() {
      await functions.idle();
      for (const name of Object.keys(surroundings)) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
      await Promise.all([aws.stop(), objects.stop(), keys.stop(), dynoxide.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The bus takes everything, and so does every queue. */
function answerOf(
  operation: string,
  input: Record<string, never>,
  entries: BusEntry[],
  letters: Letter[],
): Record<string, unknown> {
  if (operation === 'PutEvents') {
    const put = input.Entries as unknown as BusEntry[];
    entries.push(...put);
    return { FailedEntryCount: 0, Entries: put.map((_, at) => ({ EventId: `bus-${at}` })) };
  }
  if (operation !== 'SendMessage') throw new Error(`Nothing here answers ${operation}`);
  const { MessageBody, MessageAttributes = {} } = input as unknown as {
    MessageBody: string;
    MessageAttributes?: Record<string, { StringValue?: string }>;
  };
  letters.push({
    body: MessageBody,
    reason: MessageAttributes.reason?.StringValue,
    code: MessageAttributes.code?.StringValue,
  });
  return { MessageId: 'm', MD5OfMessageBody: hash('md5', MessageBody) };
}

async function serve(server: Server): Promise<{ url: string; stop(): Promise<void> }> {
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => {
        server.close(done);
      });
    },
  };
}
