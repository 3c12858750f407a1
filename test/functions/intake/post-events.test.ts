import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findEvent } from '../../../events/catalogue.ts';
import { orderCompleted } from '../../../events/order/order-completed.v1.ts';
import { orderPlaced } from '../../../events/order/order-placed.v1.ts';
import { routes } from '../../../functions/intake/routes.ts';
import { inboxStore } from '../../../shared/adapters/dynamo/inbox-store.ts';
import { httpHandler } from '../../../shared/runtime/http-handler.ts';
import { createLogger } from '../../../shared/runtime/log.ts';
import { type Dynoxide, startDynoxide, type Tables } from '../../support/dynoxide.ts';
import { type FakeBus, fakeBus } from '../../support/fake-bus.ts';
import { httpEvent, lambdaContext, lineCollector } from '../../support/lambda.ts';
import { type MemoryVault, memoryVault } from '../../support/memory-vault.ts';

const ONE = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';

type Rejected = { index: number; id?: string; problem: { code: string; status: number; errors?: { path: string }[] } };
type Answer = {
  status: number;
  body: { accepted?: string[]; rejected?: Rejected[]; code?: string; errors?: { path: string; code: string }[] };
};

let dynoxide: Dynoxide;
let tables: Tables;
let bus: FakeBus;
let vault: MemoryVault;
let output: ReturnType<typeof lineCollector>;

beforeAll(async () => {
  dynoxide = await startDynoxide();
});
afterAll(() => dynoxide.stop());
beforeEach(async () => {
  tables = await dynoxide.createTables();
  bus = fakeBus();
  vault = memoryVault();
  output = lineCollector();
});

const order = (id: string, parts: Record<string, unknown> = {}, data: Record<string, unknown> = {}) => ({
  ...orderPlaced.sample,
  id,
  ...parts,
  data: { ...(orderPlaced.sample.data as object), ...data },
});
const bad = (id: string) => order(id, {}, { currency: 'eur' });

async function post(body: unknown, contentType = BATCH): Promise<Answer> {
  const handler = httpHandler(routes, () => ({
    inbox: inboxStore(dynoxide.client, tables.inbox),
    bus,
    vault,
    loadRules: async () => ({ findEvent, knowsCurrency: (code) => code === 'EUR' }),
    log: createLogger({ write: output.write }),
    write: output.write,
  }));
  const event = httpEvent('POST /v1/events', {
    headers: { 'content-type': contentType },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    claims: { sub: 'storefront', scope: 'events:write' },
  });
  const answer = await handler(event, lambdaContext());
  return { status: answer.statusCode, body: JSON.parse(answer.body) as Answer['body'] };
}

const onBus = () => bus.entries.map(({ detail }) => JSON.parse(detail) as { id: string });
const stored = () => dynoxide.items(tables.inbox);

describe('events that fit', () => {
  it('are accepted, claimed, and on the bus as they were sent', async () => {
    const sent = order('e1', { traceparent: '00-1', source: '/pos/4' });
    expect(await post(sent, ONE)).toEqual({ status: 202, body: { accepted: ['e1'], rejected: [] } });
    const detail = JSON.stringify({ ...sent, rapportseal: 'none' });
    expect(bus.entries).toEqual([{ source: 'rapport.order', detailType: 'order.placed.v1', detail, time: sent.time }]);
    expect(await stored()).toMatchObject([{ pk: 'EVENT#e1', sk: 'CLAIM', type: 'order.placed.v1' }]);
  });

  it('may come 100 at a time, with parameters on the content type', async () => {
    const ids = Array.from({ length: 100 }, (_, n) => `e${n}`);
    const answer = await post(
      ids.map((id) => order(id)),
      `${BATCH}; charset=utf-8`,
    );
    expect(answer).toEqual({ status: 202, body: { accepted: ids, rejected: [] } });
    expect(onBus()).toHaveLength(100);
  });

  it('may come again: they are accepted again and on the bus again, and the claim stays as it is', async () => {
    await post([order('e1')]);
    const before = await stored();
    const again = order('e1', { source: '/another/instance', subject: 'x', time: '2026-01-05T11:00:00+01:00' });
    expect((await post([again])).body).toEqual({ accepted: ['e1'], rejected: [] });
    expect(onBus()).toHaveLength(2);
    expect(await stored()).toEqual(before);
  });

  it('twice in one batch are accepted twice and on the bus once', async () => {
    expect((await post([order('e1'), order('e1')])).body).toEqual({ accepted: ['e1', 'e1'], rejected: [] });
    expect(onBus()).toHaveLength(1);
  });

  it('go on beside others that do not', async () => {
    const { status, body } = await post([order('e0'), bad('e1'), order('e2'), 5]);
    expect(status).toBe(202);
    expect(body.accepted).toEqual(['e0', 'e2']);
    expect(body.rejected).toMatchObject([
      { index: 1, id: 'e1', problem: { code: 'invalid_event', status: 400, errors: [{ path: 'data.currency' }] } },
      { index: 3, problem: { code: 'invalid_event' } },
    ]);
    expect(body.rejected?.[1]).not.toHaveProperty('id');
    expect(onBus().map((it) => it.id)).toEqual(['e0', 'e2']);
    expect((await stored()).map((it) => it.pk)).toEqual(['EVENT#e0', 'EVENT#e2']);
  });
});

describe('a request with nothing in it that fits is refused and leaves no trace', () => {
  const tooMuch = JSON.stringify([order('e1', {}, { x: 'x'.repeat(1_048_576) })]);
  const rows: [what: string, body: unknown, type: string, status: number, code: string, path?: string][] = [
    ['malformed JSON', '[{"id":', BATCH, 400, 'malformed_json'],
    ['an empty body', '', ONE, 400, 'malformed_json'],
    ['plain JSON as content type', [order('e1')], 'application/json', 415, 'unsupported_media_type'],
    ['no content type', [order('e1')], '', 415, 'unsupported_media_type'],
    ['over 1 MB', tooMuch, BATCH, 413, 'body_too_large'],
    ['101 events', Array.from({ length: 101 }, (_, n) => order(`e${n}`)), BATCH, 400, 'too_many_events'],
    ['an empty batch', [], BATCH, 400, 'invalid_events'],
    ['a batch that is one event', order('e1'), BATCH, 400, 'invalid_events'],
    ['one event that is a batch', [order('e1')], ONE, 400, 'invalid_events', ''],
    ['an unknown type', [order('e1', { type: 'order.lost.v1' })], BATCH, 400, 'invalid_events', 'events[0].type'],
    ['an event of ours', [order('e1', { type: 'points.earned.v1' })], BATCH, 400, 'invalid_events', 'events[0].type'],
    ['a missing field', order('e1', {}, { orderId: undefined }), ONE, 400, 'invalid_events', 'data.orderId'],
    ['a bad id', [order('ada@example.org')], BATCH, 400, 'invalid_events', 'events[0].id'],
    ['negative money', [order('e1', {}, { shipping: -1 })], BATCH, 400, 'invalid_events', 'events[0].data.shipping'],
    ['fractional money', [order('e1', {}, { tax: 1.5 })], BATCH, 400, 'invalid_events', 'events[0].data.tax'],
    [
      'an unknown currency',
      [order('e1', {}, { currency: 'XAU' })],
      BATCH,
      400,
      'invalid_events',
      'events[0].data.currency',
    ],
    [
      '10,000 lines',
      [
        order(
          'e1',
          {},
          {
            lines: Array.from({ length: 10_000 }, (_, n) => ({
              lineId: `${n}`,
              productId: 'p',
              quantity: 1,
              unitPrice: 1,
            })),
          },
        ),
      ],
      BATCH,
      400,
      'invalid_events',
      'events[0]',
    ],
    ['levels without end', `[${'['.repeat(400_000)}${']'.repeat(400_000)}]`, BATCH, 400, 'invalid_events', 'events[0]'],
  ];
  it.each(rows)('%s', async (_, body, type, status, code, path) => {
    const answer = await post(body, type);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect((answer.body.errors ?? []).length > 0).toBe(status === 400);
    if (path !== undefined) {
      expect(answer.body.errors?.map((it) => it.path)).toContain(path);
      expect(answer.body.rejected).toMatchObject([{ index: 0, problem: { status: 400 } }]);
    }
    expect(onBus()).toEqual([]);
    expect(await stored()).toEqual([]);
  });
});

describe('an id with other content', () => {
  it('is rejected, kept for the desk, and never on the bus', async () => {
    await post([order('e1')]);
    const other = order('e1', { subject: 'ord-2' }, { orderId: 'ord-2' });
    const { status, body } = await post([other]);
    expect(status).toBe(202);
    expect(body).toMatchObject({
      accepted: [],
      rejected: [{ index: 0, id: 'e1', problem: { code: 'id_reused', status: 409 } }],
    });
    expect(onBus()).toHaveLength(1);
    const [claim, refused] = await stored();
    expect(claim).toMatchObject({ sk: 'CLAIM' });
    expect(refused).toMatchObject({
      code: 'id_reused',
      content: JSON.stringify({ ...other, rapportseal: 'none' }),
      type: 'order.placed.v1',
    });
  });

  it('within one batch loses to the first', async () => {
    const { body } = await post([order('e1'), order('e1', {}, { orderId: 'ord-2' }), order('e1')]);
    expect(body).toMatchObject({ accepted: ['e1', 'e1'], rejected: [{ index: 1, problem: { code: 'id_reused' } }] });
    expect(onBus()).toHaveLength(1);
    expect(await stored()).toHaveLength(2);
  });

  it('is not taken by a type that shares it', async () => {
    await post([order('e1')]);
    const { body } = await post([{ ...orderCompleted.sample, id: 'e1' }]);
    expect(body).toMatchObject({ accepted: [], rejected: [{ problem: { code: 'id_reused' } }] });
  });
});

describe('a bus that does not take everything', () => {
  it('leaves out what it has not taken, and takes the same event later', async () => {
    bus.refuse((id) => id === 'e1');
    const { status, body } = await post([order('e0'), order('e1'), order('e1')]);
    expect(status).toBe(202);
    expect(body.accepted).toEqual(['e0']);
    expect(body.rejected?.map((it) => [it.index, it.problem.code, it.problem.status])).toEqual([
      [1, 'unavailable', 503],
      [2, 'unavailable', 503],
    ]);
    bus.refuse(() => false);
    expect((await post([order('e1')])).body).toEqual({ accepted: ['e1'], rejected: [] });
    expect(onBus().map((it) => it.id)).toEqual(['e0', 'e1']);
  });

  it('is a 503 where it takes nothing at all', async () => {
    bus.refuse(() => true);
    const { status, body } = await post([order('e0'), bad('e1')]);
    expect([status, body.code]).toEqual([503, 'unavailable']);
    expect(body.rejected?.map((it) => it.problem.code)).toEqual(['unavailable', 'invalid_event']);
  });
});

it('a table that does not answer is a 503, and nothing is on the bus', async () => {
  tables = { ...tables, inbox: 'no-such-table' };
  const { status, body } = await post([order('e1')]);
  expect([status, body.code]).toEqual([503, 'unavailable']);
  expect(onBus()).toEqual([]);
  expect(output.lines).toContainEqual(
    expect.objectContaining({ level: 'error', message: 'claim_failed', eventId: 'e1' }),
  );
});

it('an accepted event writes no line at level info', async () => {
  await post([order('e1')]);
  expect(output.lines).toEqual([]);
});
