import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { orderPlaced } from '../../events/order/order-placed.v1.ts';
import { bundleFile, bundleInto } from '../../infra/constructs/bundle.ts';
import type { LambdaHandler } from '../../shared/runtime/lambda.ts';
import { type FunctionEnvironment, startFunctionEnvironment } from '../support/function-environment.ts';
import { lambdaContext, sqsBatch } from '../support/lambda.ts';
import { readProfile } from '../support/profile-table.ts';

const folder = mkdtempSync(join(tmpdir(), 'rapport-bundle-'));
const consumer = join(folder, 'consumer');
let environment: FunctionEnvironment;
beforeAll(async () => {
  environment = await startFunctionEnvironment();
  bundleInto('functions/loyalty/on-order-placed.ts', consumer);
});
afterAll(async () => {
  await environment.stop();
  rmSync(folder, { recursive: true });
});

test('the largest consumer, with all that it may load later, is within its budget, and carries no credentials chain', () => {
  const files = readdirSync(consumer).map((name) => readFileSync(join(consumer, name)));
  expect(files.reduce((sum, code) => sum + code.length, 0)).toBeLessThanOrEqual(400 * 1_024);
  expect(files.reduce((sum, code) => sum + gzipSync(code).length, 0)).toBeLessThanOrEqual(120 * 1_024);
  for (const sign of ['AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'credential_process']) {
    expect({ sign, found: files.some((code) => code.includes(sign)) }).toEqual({ sign, found: false });
  }
});

test('a consumer works as it is deployed: an order is booked, and a poison message reaches the dead letters', async () => {
  const tables = await environment.renew();
  const { handler } = (await import(join(consumer, bundleFile))) as {
    handler: LambdaHandler<SQSEvent, SQSBatchResponse>;
  };
  const answer = await handler(sqsBatch({ body: orderPlaced.sample }, { body: '{"type":"poison"}' }), lambdaContext());
  expect(environment.queue.calls).toMatchObject([
    {
      operation: 'SendMessage',
      input: { MessageBody: '{"type":"poison"}', MessageAttributes: { code: { StringValue: 'invalid_event' } } },
    },
  ]);
  expect(answer).toEqual({ batchItemFailures: [] });
  const { orders, accounts } = await readProfile(environment.dynoxide.endpoint, tables.profile);
  expect([[...orders.keys()], [...accounts.keys()]]).toEqual([['ord-1'], ['mem-1']]);
});

test('a bundle loads as a module of its own, with the modules of Node it needs', async () => {
  bundleInto('functions/platform/http.ts', folder);
  process.env.RELEASE = 'test';
  const module: unknown = await import(join(folder, bundleFile));
  expect(module).toHaveProperty('handler', expect.any(Function));
});

test('an entry that is not there is named in one line', () => {
  expect(() => bundleInto('functions/nothing.ts', folder)).toThrow(/^functions\/nothing\.ts cannot be bundled: .+$/);
});
