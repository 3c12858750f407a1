import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createRuntime, type Runtime } from '../../infra/local/runtime.ts';
import { journeys } from './deployed/journeys.ts';
import { Shop } from './deployed/shop.ts';

let runtime: Runtime;

beforeAll(async () => {
  runtime = await createRuntime();
});
beforeEach(() => runtime.reset());
afterAll(() => runtime?.stop());

/** Each journey is that of somebody new. */
function openShop(): Shop {
  const { url, awsEndpoint, wiring } = runtime;
  return new Shop({
    api: url,
    bus: wiring.buses.find((name) => name !== 'default') ?? '',
    prefix: 'rapport-dev',
    aws: {
      endpoint: awsEndpoint,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    },
    token: (request) => runtime.token(request),
    settled: async () => {
      await runtime.settle();
    },
    patienceMs: 0,
  });
}

test.each(journeys)('$name', async ({ walk }) => {
  const shop = openShop();
  try {
    await walk(shop);
  } finally {
    shop.close();
  }
});

test('the journeys are named apart', () => {
  expect(new Set(journeys.map(({ name }) => name)).size).toBe(journeys.length);
});
