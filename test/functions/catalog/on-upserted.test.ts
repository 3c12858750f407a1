import { hash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { brandUpserted } from '../../../events/catalog/brand-upserted.v1.ts';
import { productUpserted } from '../../../events/catalog/product-upserted.v1.ts';
import { type AwsEndpoint, startAwsEndpoint } from '../../support/aws-endpoint.ts';
import { type Dynoxide, startDynoxide, type Tables } from '../../support/dynoxide.ts';
import { lambdaContext, sqsBatch } from '../../support/lambda.ts';

let dynoxide: Dynoxide;
let queue: AwsEndpoint;
let tables: Tables;

beforeAll(async () => {
  dynoxide = await startDynoxide();
  queue = await startAwsEndpoint();
  queue.answerWith(({ input }) => ({ MessageId: 'm', MD5OfMessageBody: md5(String(input.MessageBody)) }));
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', dynoxide.endpoint);
  vi.stubEnv('AWS_ENDPOINT_URL_SQS', queue.url);
  vi.stubEnv('DEAD_LETTER_QUEUE_URL', 'http://queues.invalid/dead');
  vi.stubEnv('MAX_RECEIVE_COUNT', '5');
  vi.stubEnv('LOG_LEVEL', 'silent');
});
beforeEach(async () => {
  tables = await dynoxide.createTables();
  vi.stubEnv('CATALOG_TABLE', tables.catalog);
  vi.stubEnv('INBOX_TABLE', tables.inbox);
  vi.stubEnv('PROFILE_TABLE', tables.profile);
  vi.resetModules();
  queue.calls.length = 0;
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await queue.stop();
  await dynoxide.stop();
});

/** The client checks what the queue says it has received. */
const md5 = (text: string) => hash('md5', text);

const product = (id: string, time: string, name: string) => ({
  ...productUpserted.sample,
  id,
  time,
  data: { ...(productUpserted.sample.data as object), name },
});

it('a product is what its latest fact says, whatever the order of arrival', async () => {
  const { handler } = await import('../../../functions/catalog/on-product-upserted.ts');
  const late = product('e2', '2026-01-06T10:00:00+01:00', 'Teapot, new');
  const early = product('e1', '2026-01-05T10:00:00Z', 'Teapot, old');
  expect(await handler(sqsBatch({ body: late }), lambdaContext())).toEqual({ batchItemFailures: [] });
  expect(await handler(sqsBatch({ body: early }, { body: late }), lambdaContext())).toEqual({ batchItemFailures: [] });
  expect(await dynoxide.items(tables.catalog)).toEqual([
    {
      pk: 'PRODUCT#teapot',
      sk: 'PRODUCT',
      ...late.data,
      asOf: '2026-01-06T09:00:00.000Z',
      eventId: 'e2',
      feed: 'changes',
      changedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/),
    },
  ]);
  expect((await dynoxide.items(tables.inbox)).map((it) => it.pk)).toEqual(['EVENT#e1', 'EVENT#e2']);
});

it('a product in a currency that the policy does not know is a dead letter', async () => {
  const { handler } = await import('../../../functions/catalog/on-product-upserted.ts');
  const body = product('e1', '2026-01-05T10:00:00Z', 'x');
  const gold = { ...body, data: { ...body.data, currency: 'XAU' } };
  expect(await handler(sqsBatch({ body: gold }), lambdaContext())).toEqual({ batchItemFailures: [] });
  expect(await dynoxide.items(tables.catalog)).toEqual([]);
  expect(queue.calls).toMatchObject([
    {
      operation: 'SendMessage',
      input: {
        QueueUrl: 'http://queues.invalid/dead',
        MessageBody: JSON.stringify(gold),
        MessageAttributes: { code: { StringValue: 'unknown_currency' }, function: { StringValue: 'rapport-test' } },
      },
    },
  ]);
});

it('a brand is what its latest fact says', async () => {
  const { handler } = await import('../../../functions/catalog/on-brand-upserted.ts');
  expect(await handler(sqsBatch({ body: brandUpserted.sample }), lambdaContext())).toEqual({ batchItemFailures: [] });
  expect(await dynoxide.items(tables.catalog)).toMatchObject([{ pk: 'BRAND#hearth', name: 'Hearth & Co' }]);
});
