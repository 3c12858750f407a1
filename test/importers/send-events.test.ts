import { afterEach, expect, test } from 'vitest';
import { BATCH_LIMITS, batchesOf } from '../../infra/importers/batches.ts';
import type { OutgoingEvent } from '../../infra/importers/importer.ts';
import { type SendOptions, type SendTally, sendEvents } from '../../infra/importers/send-events.ts';
import { ShopConnection } from '../../infra/importers/shop-connection.ts';
import { acceptAll, type FakeAnswer, type FakeRequest, FakeShop } from './fake-shop.ts';

const eventOf = (number: number, name = 'x'): OutgoingEvent => ({
  specversion: '1.0',
  id: `evt-${number}`,
  source: '/test',
  type: 'brand.upserted.v1',
  time: '2026-01-05T10:00:00Z',
  subject: `brand-${number}`,
  data: { brandId: `brand-${number}`, name },
});
const eventsUpTo = (count: number): OutgoingEvent[] => Array.from({ length: count }, (_, index) => eventOf(index));

let shop: FakeShop | undefined;

afterEach(async () => {
  await shop?.stop();
  shop = undefined;
});

async function sendTo(
  answer: (request: FakeRequest, attempt: number) => FakeAnswer,
  options: Partial<SendOptions> = {},
): Promise<SendTally> {
  shop = await FakeShop.start(answer);
  const connection = await ShopConnection.open({ url: `${shop.url}/`, scope: 'events:write' });
  return sendEvents({
    events: eventsUpTo(3),
    post: (batch) => connection.postEvents(batch),
    retry: { attempts: 3, firstDelayMs: 1, longestDelayMs: 2 },
    ...options,
  });
}

test('a batch has at most a hundred events, in their order', () => {
  const batches = [...batchesOf(eventsUpTo(250))];
  expect(batches.map(({ length }) => length)).toEqual([100, 100, 50]);
  expect(batches.flat().map(({ id }) => id)).toEqual(eventsUpTo(250).map(({ id }) => id));
  expect([...batchesOf([])]).toEqual([]);
});

test('a batch stays under a megabyte of UTF-8, brackets and commas included', () => {
  const events = Array.from({ length: 40 }, (_, index) => eventOf(index, 'é'.repeat(50_000)));
  const bodies = [...batchesOf(events)].map((batch) => `[${batch.map(({ json }) => json).join(',')}]`);
  expect(bodies.length).toBeGreaterThan(4);
  for (const body of bodies) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(BATCH_LIMITS.bytes);
  expect(bodies.flatMap((body) => JSON.parse(body) as OutgoingEvent[])).toEqual(events);
});

test('an event that is too large for any batch goes alone, for the shop to refuse', () => {
  const large = eventOf(1, 'x'.repeat(BATCH_LIMITS.bytes));
  expect([...batchesOf([eventOf(0), large, eventOf(2)])].map(({ length }) => length)).toEqual([1, 1, 1]);
});

test('events go out as a CloudEvents batch with the token of the local issuer', async () => {
  const tally = await sendTo(acceptAll);
  expect(tally).toEqual({ sent: 3, accepted: 3, refused: 0, retries: 0, refusals: [] });
  expect(shop?.posts).toHaveLength(1);
  expect(shop?.posts[0]?.headers).toMatchObject({
    'content-type': 'application/cloudevents-batch+json',
    authorization: 'Bearer local-token',
  });
  expect(shop?.posts[0]?.events).toEqual(eventsUpTo(3));
  expect(shop?.requests.map(({ route, body }) => [route, body])).toContainEqual([
    'POST /local/token',
    '{"scope":"events:write"}',
  ]);
});

test.each<[string, FakeAnswer]>([
  ['429', { status: 429, headers: { 'retry-after': '0' } }],
  ['503', { status: 503, body: { status: 503, code: 'unavailable' } }],
  ['500', { status: 500 }],
  ['a connection that breaks', 'cut'],
])('%s is tried again', async (_, first) => {
  const tally = await sendTo((request, attempt) => (attempt === 1 ? first : acceptAll(request)));
  expect(tally).toMatchObject({ sent: 3, accepted: 3, refused: 0, retries: 1 });
});

test('trying again has an end, and says why', async () => {
  await expect(sendTo(() => ({ status: 503 }))).rejects.toThrow('POST /v1/events answered 503, 3 times in a row.');
  expect(shop?.posts).toHaveLength(3);
});

test('after a failure no further batch is begun', async () => {
  const failing = sendTo(() => ({ status: 503 }), { events: eventsUpTo(2_000), concurrency: 2 });
  await expect(failing).rejects.toThrow('answered 503');
  expect(new Set(shop?.posts.map(({ body }) => body)).size).toBeLessThanOrEqual(3);
});

test.each([
  [401, { detail: 'The token has expired.' }, 'POST /v1/events answered 401: The token has expired.'],
  [403, { title: 'This token may not do this' }, 'POST /v1/events answered 403: This token may not do this'],
  [413, {}, 'POST /v1/events answered 413: {}'],
])('%i is not tried again', async (status, body, message) => {
  await expect(sendTo(() => ({ status, body }))).rejects.toThrow(message);
  expect(shop?.posts).toHaveLength(1);
});

test('what is refused is counted by its reason, with the first of each', async () => {
  const problem = { status: 409, code: 'id_reused', detail: 'This id stands for other content.' };
  const tally = await sendTo(({ events }) => ({
    status: 202,
    body: {
      accepted: [events[0]?.id],
      rejected: [
        { index: 1, id: 'evt-1', problem },
        { index: 2, id: 'evt-2', problem },
      ],
    },
  }));
  expect(tally).toEqual({
    sent: 3,
    accepted: 1,
    refused: 2,
    retries: 0,
    refusals: [{ code: problem.code, detail: problem.detail, events: 2, firstId: 'evt-1' }],
  });
});

test('a batch of which nothing is valid is refused event by event', async () => {
  const problem = { status: 400, code: 'invalid_event', detail: 'No.' };
  const rejected = [0, 1, 2].map((index) => ({ index, problem }));
  const tally = await sendTo(() => ({ status: 400, body: { status: 400, code: 'invalid_events', rejected } }));
  expect(tally).toMatchObject({ accepted: 0, refused: 3, refusals: [{ code: 'invalid_event', events: 3 }] });
});

test('a 400 without reasons of its own counts for the whole batch', async () => {
  const tally = await sendTo(() => ({
    status: 400,
    body: { status: 400, code: 'malformed_json', detail: 'No JSON.' },
  }));
  expect(tally).toMatchObject({ refused: 3, refusals: [{ code: 'malformed_json', detail: 'No JSON.', events: 3 }] });
});

test('of a batch taken in part, only what may pass later is sent again', async () => {
  const tally = await sendTo(({ events }) => {
    if (events.length === 1) return { status: 202, body: { accepted: ['evt-2'], rejected: [] } };
    const rejected = [
      { index: 1, problem: { status: 409, code: 'id_reused', detail: 'Other content.' } },
      { index: 2, problem: { status: 503, code: 'unavailable', detail: 'Again.' } },
    ];
    return { status: 202, body: { accepted: ['evt-0'], rejected } };
  });
  expect(shop?.posts.map(({ events }) => events.map(({ id }) => id))).toEqual([['evt-0', 'evt-1', 'evt-2'], ['evt-2']]);
  expect(tally).toMatchObject({ sent: 3, accepted: 2, refused: 1, retries: 1 });
});

test('what never passes is refused in the end, and the rest of its batch is in', async () => {
  const tally = await sendTo(({ events }) => {
    const index = events.findIndex(({ id }) => id === 'evt-2');
    return { status: 202, body: { rejected: [{ index, problem: { status: 503, code: 'unavailable' } }] } };
  });
  expect(tally).toMatchObject({ sent: 3, accepted: 2, refused: 1, retries: 2 });
});

test('several batches are under way at a time, and no more than that', async () => {
  let busy = 0;
  let busiest = 0;
  const tally = await sendEvents({
    events: eventsUpTo(1_000),
    concurrency: 3,
    post: async () => {
      busy += 1;
      busiest = Math.max(busiest, busy);
      await new Promise(setImmediate);
      busy -= 1;
      return { kind: 'answered', rejected: [] };
    },
  });
  expect(busiest).toBe(3);
  expect(tally).toMatchObject({ sent: 1_000, accepted: 1_000 });
});

test('a backend without an issuer asks for a token; nobody at the address is said in one line', async () => {
  shop = await FakeShop.start();
  const { url } = shop;
  await expect(ShopConnection.open({ url: `${url}/stage`, scope: 'events:write' })).rejects.toThrow(
    `${url}/stage is no Rapport backend: GET /v1/health answered 404.`,
  );
  await shop.stop();
  shop = undefined;
  await expect(ShopConnection.open({ url, scope: 'events:write' })).rejects.toThrow(
    `No backend answers at ${url} (ECONNREFUSED).`,
  );
});

test('settling is for local backends alone', async () => {
  shop = await FakeShop.start(() => ({ status: 200, body: { deadLetters: 2 } }));
  const local = await ShopConnection.open({ url: shop.url, scope: 'events:write' });
  expect(await local.settle()).toEqual({ deadLetters: 2 });
  await shop.stop();
  shop = await FakeShop.start();
  const deployed = await ShopConnection.open({ url: shop.url, token: 'mine', scope: 'events:write' });
  expect(await deployed.settle()).toBeUndefined();
  expect(shop.requests.map(({ route }) => route)).not.toContain('POST /local/token');
});
