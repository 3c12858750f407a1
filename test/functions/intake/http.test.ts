import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { orderPlaced } from '../../../events/order/order-placed.v1.ts';
import { type AwsEndpoint, startAwsEndpoint } from '../../support/aws-endpoint.ts';
import { type Dynoxide, startDynoxide } from '../../support/dynoxide.ts';
import { httpEvent, lambdaContext } from '../../support/lambda.ts';

let dynoxide: Dynoxide;
let bridge: AwsEndpoint;

beforeAll(async () => {
  dynoxide = await startDynoxide();
  bridge = await startAwsEndpoint();
  const tables = await dynoxide.createTables();
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', dynoxide.endpoint);
  vi.stubEnv('AWS_ENDPOINT_URL_EVENTBRIDGE', bridge.url);
  vi.stubEnv('INBOX_TABLE', tables.inbox);
  vi.stubEnv('PROFILE_TABLE', tables.profile);
  vi.stubEnv('VAULT_TABLE', tables.vault);
  vi.stubEnv('VAULT_KEY_ID', 'stage-key');
  vi.stubEnv('BUS_NAME', 'rapport-test');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await bridge.stop();
  await dynoxide.stop();
});

it('puts an event on the bus that its environment names', async () => {
  bridge.answerWith(() => ({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] }));
  const { handler } = await import('../../../functions/intake/http.ts');
  const event = httpEvent('POST /v1/events', {
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify(orderPlaced.sample),
    claims: { sub: 'storefront', scope: 'events:write' },
  });
  const answer = await handler(event, lambdaContext());
  expect([answer.statusCode, JSON.parse(answer.body)]).toEqual([
    202,
    { accepted: [orderPlaced.sample.id], rejected: [] },
  ]);
  expect(bridge.calls).toMatchObject([
    {
      operation: 'PutEvents',
      input: { Entries: [{ EventBusName: 'rapport-test', Source: 'rapport.order', DetailType: 'order.placed.v1' }] },
    },
  ]);
});
