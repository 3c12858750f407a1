import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createRuntime, type Runtime } from '../../infra/local/runtime.ts';
import type { Happening } from '../support/order-histories.ts';
import { scanTable } from '../support/profile-table.ts';
import { openStorefront, type Storefront } from '../support/storefront.ts';

let runtime: Runtime;
let shop: Storefront;
beforeAll(async () => {
  runtime = await createRuntime({ virtualClock: true });
  shop = await openStorefront(runtime);
});
beforeEach(async () => {
  await runtime.reset();
});
afterAll(async () => {
  await runtime?.stop();
});

const line = (lineId: string, quantity: number, unitPrice: number) => ({
  lineId,
  productId: `p${lineId}`,
  quantity,
  unitPrice,
});

function happening(type: string, id: string, time: string, data: Record<string, unknown>): Happening {
  return { type: `${type}.v1`, id, time, data };
}

const placed = happening('order.placed', 'evt-1', '2026-01-05T10:00:00Z', {
  orderId: 'ord-1',
  memberId: 'mem-1',
  channel: 'web',
  currency: 'EUR',
  lines: [line('1', 3, 40_000), line('2', 1, 999)],
});
const completed = happening('order.completed', 'evt-2', '2026-01-08T10:00:00Z', { orderId: 'ord-1' });
const returned = happening('order.returned', 'evt-3', '2026-01-20T10:00:00Z', {
  orderId: 'ord-1',
  returnId: 'ret-1',
  lines: [{ lineId: '1', quantity: 1 }],
});

async function tableSizes(): Promise<number[]> {
  const sizes = runtime.wiring.tables.map(async ({ name }) => (await scanTable(runtime.tablesEndpoint, name)).length);
  return Promise.all(sizes);
}

test('an order, its delivery and a return become a member, points, a tier and a ledger that explains itself', async () => {
  expect(await shop.send(placed, completed)).toMatchObject({ status: 202, body: { accepted: ['evt-1', 'evt-2'] } });
  await runtime.settle();
  const before = (await shop.get('/v1/members/mem-1')).body;
  expect(before).toMatchObject({
    tier: { id: 'silver', since: '2026-01-08T10:00:00.000Z', discountPercent: 5 },
    points: { available: 0, pending: 1209, debt: 0, nextAvailable: { at: '2026-01-15T10:00:00.000Z' } },
    lifetime: { orders: 1, spend: 120_999, returned: 0 },
  });

  await shop.send(returned);
  await runtime.settle();
  const after = (await shop.get('/v1/members/mem-1')).body;
  expect(after).toMatchObject({
    tier: { id: 'basic', next: { id: 'silver', remaining: 19_001 } },
    points: { available: 810, pending: 0, nextExpiry: { points: 810, at: '2027-01-31T23:59:59.999Z' } },
    lifetime: { orders: 1, spend: 80_999, returned: 40_000 },
  });
  const { items } = (await shop.get('/v1/members/mem-1/ledger')).body as unknown as {
    items: Record<string, unknown>[];
  };
  expect(items.map(({ kind, points, state }) => [kind, points, state])).toEqual([
    ['reverse', -399, 'available'],
    ['available', 1209, 'available'],
    ['available', -1209, 'pending'],
    ['earn', 1209, 'pending'],
  ]);
  expect(items[0]).toMatchObject({
    cause: { eventId: 'evt-3', type: 'order.returned.v1', subject: 'ord-1' },
    rule: { id: 'return', arithmetic: 'line 1: floor(1199 x 1 / 3) = 399' },
  });
});

test('what is announced can be seen on the local bus, newest first', async () => {
  await shop.send(placed, completed);
  await runtime.settle();
  const { items } = (await (await fetch(`${runtime.url}/local/events`)).json()) as { items: Happening[] };
  expect(items.map(({ type }) => type)).toEqual(expect.arrayContaining(['points.earned.v1', 'tier.changed.v1']));
  expect(items.at(-1)).toMatchObject({ id: 'evt-1', type: 'order.placed.v1' });
});

test('sent again, the same events change nothing in any table', async () => {
  const contents = () => Promise.all(runtime.wiring.tables.map(({ name }) => scanTable(runtime.tablesEndpoint, name)));
  await shop.send(placed, completed, returned);
  await runtime.settle();
  const before = await contents();
  await shop.send(returned, placed, completed, placed);
  await runtime.settle();
  expect(await contents()).toEqual(before);
});

test('the same id with other content is refused, kept for the desk, and never applied, through HTTP and on the bus', async () => {
  await shop.send(placed);
  await runtime.settle();
  const other = { ...placed, data: { ...placed.data, orderId: 'ord-2' } };
  const reply = await shop.send(other);
  expect(reply.body).toMatchObject({
    accepted: [],
    rejected: [{ index: 0, id: 'evt-1', problem: { code: 'id_reused' } }],
  });
  const detail = { specversion: '1.0', source: '/pos', ...placed, data: { ...placed.data, orderId: 'ord-3' } };
  putOnBus(detail);
  await runtime.settle();
  expect((await shop.get('/v1/members/mem-1')).body).toMatchObject({ points: { pending: 1209 } });
  const { items } = (await shop.get('/v1/desk/events')).body as unknown as {
    items: { content: Happening }[];
  };
  expect(items.map(({ content }) => content.data.orderId).sort()).toEqual(['ord-2', 'ord-3']);
});

test('a return for an order never seen waits, is listed after a day, and counts when the order comes', async () => {
  await shop.send(returned);
  await runtime.settle();
  expect((await shop.get('/v1/desk/orders?state=waiting')).body).toEqual({ items: [] });
  runtime.clock.advanceTo(Date.parse('2026-01-21T10:00:01Z'));
  expect((await shop.get('/v1/desk/orders?state=waiting')).body).toMatchObject({
    items: [{ orderId: 'ord-1', state: 'waiting', since: '2026-01-20T10:00:00.000Z', facts: [{ eventId: 'evt-3' }] }],
  });
  await shop.send(placed);
  await runtime.settle();
  expect((await shop.get('/v1/desk/orders?state=waiting')).body).toEqual({ items: [] });
  expect((await shop.get('/v1/members/mem-1')).body).toMatchObject({ points: { pending: 810 } });
});

test('a return of more than was bought is refused and listed with its reason; the order stays as it was', async () => {
  const lines = [{ lineId: '1', quantity: 4 }];
  await shop.send(placed, { ...returned, data: { ...returned.data, lines } });
  await runtime.settle();
  expect((await shop.get('/v1/members/mem-1')).body).toMatchObject({ points: { pending: 1209 } });
  expect((await shop.get('/v1/desk/orders?state=refused')).body).toMatchObject({
    items: [{ orderId: 'ord-1', refused: [{ eventId: 'evt-3', code: 'return_exceeds_purchase' }] }],
  });
});

test('a poison message ends among the dead letters with its reason, and the nine others count', async () => {
  for (let number = 1; number <= 10; number += 1) {
    const data = { ...placed.data, orderId: `ord-${number}`, ...(number === 4 && { lines: 'none' }) };
    putOnBus({ specversion: '1.0', source: '/pos', ...placed, id: `evt-${number}`, data });
  }
  // It does not get past the door, and is laid aside sealed: its name is still told.
  const poison = {
    queue: 'rapport-dev-intake-unsealed-dead',
    body: { id: 'evt-4', type: 'order.placed.v1', letter: expect.stringMatching(/^v1\./) },
    attributes: { code: 'invalid_event' },
    reason: expect.stringContaining('data.lines'),
  };
  expect(await runtime.settle()).toEqual({ deadLetters: 1 });
  expect(runtime.deadLetters()).toMatchObject([poison]);
  expect((await shop.get('/v1/members/mem-1')).body).toMatchObject({ points: { pending: 9 * 1209 } });
});

test('guest orders are counted for the shop and for nobody else; returned pieces too', async () => {
  const { memberId: _, ...guest } = placed.data;
  await shop.send({ ...placed, data: guest }, completed, returned);
  await runtime.settle();
  expect((await shop.get('/v1/shop')).body).toMatchObject({
    guests: { orders: 1, completed: 1, cancelled: 0, spend: 80_999, returned: 40_000, unitsReturned: 1 },
  });
  expect((await shop.get('/v1/members/mem-1')).status).toBe(404);
});

test('a visitor that logs in brings its orders along, once, and later ones find the member', async () => {
  const { memberId: _, ...anonymous } = placed.data;
  const visit = { ...anonymous, anonymousId: 'anon-7' };
  const login = happening('member.identified', 'evt-9', '2026-01-06T10:00:00Z', {
    memberId: 'mem-1',
    anonymousId: 'anon-7',
  });
  await shop.send({ ...placed, data: visit }, completed);
  await runtime.settle();
  expect((await shop.get('/v1/members/mem-1')).status).toBe(404);
  await shop.send(login, login);
  await runtime.settle();
  await shop.send(
    { ...placed, id: 'evt-10', time: '2026-01-09T10:00:00Z', data: { ...visit, orderId: 'ord-2' } },
    login,
  );
  await runtime.settle();
  expect((await shop.get('/v1/members/mem-1')).body).toMatchObject({
    lifetime: { orders: 1 },
    points: { pending: 2418 },
  });
});

test('nothing that intake refuses leaves a trace in the tables', async () => {
  const before = await tableSizes();
  const bad: Happening[] = [
    { ...placed, type: 'order.exploded.v1' },
    { ...placed, data: { ...placed.data, currency: 'XXX' } },
    { ...placed, data: { ...placed.data, lines: [line('1', 0, 1)] } },
    { ...placed, data: { ...placed.data, lines: [line('1', 1, -1)] } },
    { ...placed, data: { ...placed.data, lines: [line('1', 1, 9.99)] } },
    { ...placed, data: { ...placed.data, lines: Array.from({ length: 2_001 }, (_, at) => line(String(at), 1, 1)) } },
    { ...placed, data: { ...placed.data, memberId: 'ada@example.com' } },
    { ...placed, id: 'no spaces' },
  ];
  const reply = await shop.send(...bad);
  expect(reply).toMatchObject({ status: 400, body: { code: 'invalid_events' } });
  expect((reply.body as unknown as { rejected: unknown[] }).rejected).toHaveLength(bad.length);
  expect(await shop.post('{')).toMatchObject({ status: 400, body: { code: 'malformed_json' } });
  expect(await shop.post('[]', { 'content-type': 'text/plain' })).toMatchObject({ status: 415 });
  expect(await shop.send(...Array.from({ length: 101 }, () => placed))).toMatchObject({
    status: 400,
    body: { code: 'too_many_events' },
  });
  expect(await shop.post(`["${'x'.repeat(1_100_000)}"]`)).toMatchObject({
    status: 413,
    body: { code: 'body_too_large' },
  });
  expect(await runtime.settle()).toEqual({ deadLetters: 0 });
  expect(await tableSizes()).toEqual(before);
});

test('a member reaches the own routes and nobody else', async () => {
  await shop.send(placed);
  await runtime.settle();
  const token = await runtime.token({ scope: 'member', member: 'mem-1' });
  expect((await shop.get('/v1/members/mem-1', token)).status).toBe(200);
  for (const path of ['/v1/members/mem-2', '/v1/members/mem-2/ledger', '/v1/shop', '/v1/desk/events']) {
    expect(await shop.get(path, token)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  }
});

function putOnBus(detail: { type: string; [field: string]: unknown }): void {
  const entry = { EventBusName: runtime.wiring.buses[0] ?? '', Source: 'rapport.order', DetailType: detail.type };
  expect(runtime.putEvents([{ ...entry, Detail: JSON.stringify(detail) }])).toMatchObject([
    { EventId: expect.any(String) },
  ]);
}
