import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findEvent } from '../../../events/catalogue.ts';
import { routes } from '../../../functions/intake/routes.ts';
import { toItem } from '../../../shared/adapters/dynamo/attributes.ts';
import { type InboxStore, inboxStore } from '../../../shared/adapters/dynamo/inbox-store.ts';
import { attentionState, profileKeys } from '../../../shared/adapters/dynamo/keys.ts';
import { waitingOrders } from '../../../shared/adapters/dynamo/waiting-orders.ts';
import { setClock } from '../../../shared/runtime/clock.ts';
import { httpHandler } from '../../../shared/runtime/http-handler.ts';
import { createLogger } from '../../../shared/runtime/log.ts';
import { type Dynoxide, startDynoxide, type Tables } from '../../support/dynoxide.ts';
import { fakeBus } from '../../support/fake-bus.ts';
import { httpEvent, lambdaContext } from '../../support/lambda.ts';

const NOW = Date.parse('2026-01-10T00:00:00Z');
const hoursAgo = (hours: number) => new Date(NOW - hours * 3_600_000).toISOString();

let dynoxide: Dynoxide;
let tables: Tables;
let inbox: InboxStore;

beforeAll(async () => {
  dynoxide = await startDynoxide();
});
afterAll(() => dynoxide.stop());
beforeEach(async () => {
  tables = await dynoxide.createTables();
  inbox = inboxStore(dynoxide.client, tables.inbox);
  setClock(() => NOW);
});
afterEach(() => setClock(Date.now));

async function ask(query: Record<string, string>) {
  const handler = httpHandler(routes, () => ({
    inbox,
    waiting: waitingOrders(dynoxide.client, tables.profile),
    bus: fakeBus(),
    rules: { findEvent, knowsCurrency: () => true },
    log: createLogger({ level: 'silent' }),
  }));
  const event = httpEvent('GET /v1/desk/events', { query, claims: { sub: 'desk-1', scope: 'desk' } });
  const answer = await handler(event, lambdaContext());
  const body = JSON.parse(answer.body) as { items: Record<string, unknown>[]; nextCursor?: string; code?: string };
  return { status: answer.statusCode, body };
}

async function wait(orderId: string, hours: number, shard = 0) {
  const attention = { attentionState: attentionState('waiting', shard), attentionSince: hoursAgo(hours) };
  const Item = toItem({ ...profileKeys.order(orderId), ...attention, facts: ['a fact of it'] });
  await dynoxide.client.send(new PutItemCommand({ TableName: tables.profile, Item }));
}

async function refuse(eventId: string, hours: number) {
  await inbox.refuse({
    eventId,
    contentHash: `${eventId}-hash`,
    type: 'order.placed.v1',
    subject: 'ord-1',
    code: 'id_reused',
    reason: 'The id of this event stands for other content.',
    content: `{"id":"${eventId}"}`,
    since: hoursAgo(hours),
  });
}

describe('what waits for its order', () => {
  it('is listed after a day, longest waiting first', async () => {
    await wait('young', 23);
    await wait('old', 25, 1);
    await wait('older', 90, 2);
    expect(await ask({ state: 'waiting' })).toEqual({
      status: 200,
      body: {
        items: [
          { state: 'waiting', orderId: 'older', since: hoursAgo(90) },
          { state: 'waiting', orderId: 'old', since: hoursAgo(25) },
        ],
      },
    });
  });

  it('is listed sooner or later where that is asked for', async () => {
    await wait('young', 2);
    await wait('old', 60);
    const listed = async (olderThanHours: string) =>
      (await ask({ state: 'waiting', olderThanHours })).body.items.map((it) => it.orderId);
    expect(await listed('0')).toEqual(['old', 'young']);
    expect(await listed('48')).toEqual(['old']);
    expect(await listed('72')).toEqual([]);
  });

  it('comes in pages', async () => {
    await Promise.all(Array.from({ length: 5 }, (_, n) => wait(`o${n}`, 100 - n, n % 4)));
    const listed: unknown[] = [];
    let cursor: string | undefined;
    do {
      const { body } = await ask({ state: 'waiting', limit: '2', ...(cursor === undefined ? {} : { cursor }) });
      listed.push(...body.items.map((it) => it.orderId));
      cursor = body.nextCursor;
    } while (cursor !== undefined);
    expect(listed).toEqual(['o0', 'o1', 'o2', 'o3', 'o4']);
  });
});

it('a refused event is listed at once, whole, with its reason', async () => {
  await refuse('e1', 0);
  expect((await ask({ state: 'refused' })).body.items).toEqual([
    {
      state: 'refused',
      eventId: 'e1',
      type: 'order.placed.v1',
      subject: 'ord-1',
      code: 'id_reused',
      reason: 'The id of this event stands for other content.',
      since: hoursAgo(0),
      content: { id: 'e1' },
    },
  ]);
});

describe('a question that cannot be answered is refused', () => {
  it.each([
    ['no state', {}, 'invalid_request'],
    ['an unknown state', { state: 'lost' }, 'invalid_request'],
    ['negative hours', { state: 'waiting', olderThanHours: '-1' }, 'invalid_request'],
    ['a cursor of nobody', { state: 'waiting', cursor: 'x' }, 'invalid_cursor'],
  ])('%s', async (_, query, code) => {
    const { status, body } = await ask(query as Record<string, string>);
    expect([status, body.code]).toEqual([400, code]);
  });

  it('a cursor of the other state', async () => {
    await refuse('e1', 1);
    await refuse('e2', 2);
    const { body } = await ask({ state: 'refused', limit: '1' });
    const other = await ask({ state: 'waiting', cursor: body.nextCursor ?? '' });
    expect([other.status, other.body.code]).toEqual([400, 'invalid_cursor']);
  });
});
