import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { findEvent } from '../../../events/catalogue.ts';
import { routes } from '../../../functions/intake/routes.ts';
import { type InboxStore, inboxStore } from '../../../shared/adapters/dynamo/inbox-store.ts';
import { setClock } from '../../../shared/runtime/clock.ts';
import { httpHandler } from '../../../shared/runtime/http-handler.ts';
import { createLogger } from '../../../shared/runtime/log.ts';
import { type Dynoxide, startDynoxide, type Tables } from '../../support/dynoxide.ts';
import { fakeBus } from '../../support/fake-bus.ts';
import { httpEvent, lambdaContext } from '../../support/lambda.ts';
import { memoryVault } from '../../support/memory-vault.ts';

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
    bus: fakeBus(),
    vault: memoryVault(),
    loadRules: async () => ({ findEvent, knowsCurrency: () => true }),
    log: createLogger({ level: 'silent' }),
  }));
  const event = httpEvent('GET /v1/desk/events', { query, claims: { sub: 'desk-1', scope: 'desk' } });
  const answer = await handler(event, lambdaContext());
  const body = JSON.parse(answer.body) as { items: Record<string, unknown>[]; nextCursor?: string; code?: string };
  return { status: answer.statusCode, body };
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

it('a refused event is listed at once, whole, with its reason', async () => {
  await refuse('e1', 0);
  expect((await ask({})).body.items).toEqual([
    {
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

it('those that are older are listed where that is asked for, longest waiting first', async () => {
  await refuse('young', 2);
  await refuse('old', 60);
  const listed = async (olderThanHours: string) =>
    (await ask({ olderThanHours })).body.items.map(({ eventId }) => eventId);
  expect(await listed('0')).toEqual(['old', 'young']);
  expect(await listed('48')).toEqual(['old']);
  expect(await listed('72')).toEqual([]);
});

it('the list comes in pages', async () => {
  await Promise.all(Array.from({ length: 5 }, (_, n) => refuse(`e${n}`, 100 - n)));
  const listed: unknown[] = [];
  let cursor: string | undefined;
  do {
    const { body } = await ask({ limit: '2', ...(cursor === undefined ? {} : { cursor }) });
    listed.push(...body.items.map(({ eventId }) => eventId));
    cursor = body.nextCursor;
  } while (cursor !== undefined);
  expect(listed).toEqual(['e0', 'e1', 'e2', 'e3', 'e4']);
});

it.each([
  ['negative hours', { olderThanHours: '-1' }, 'invalid_request'],
  ['a limit of none', { limit: '0' }, 'invalid_request'],
  ['a cursor of nobody', { cursor: 'x' }, 'invalid_cursor'],
])('a question that cannot be answered is refused: %s', async (_, query, code) => {
  const { status, body } = await ask(query as Record<string, string>);
  expect([status, body.code]).toEqual([400, code]);
});
