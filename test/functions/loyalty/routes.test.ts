import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { deskOrdersAnswer, ledgerAnswer, shopAnswer } from '../../../functions/loyalty/answers.ts';
import { routes } from '../../../functions/loyalty/routes.ts';
import type { ProfileStore } from '../../../shared/adapters/dynamo/profile-store.ts';
import { always } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { setClock } from '../../../shared/runtime/clock.ts';
import { httpHandler } from '../../../shared/runtime/http-handler.ts';
import { inTurn } from '../../../shared/runtime/in-turn.ts';
import { encodeCursor } from '../../../shared/runtime/list.ts';
import { book } from '../../support/book.ts';
import { httpEvent, lambdaContext, lineCollector } from '../../support/lambda.ts';
import { type MemoryProfile, memoryProfileStore } from '../../support/memory-profile-store.ts';
import { memoryWords } from '../../support/memory-words.ts';
import { at, completed, guestPlaced, placed, returned } from '../../support/shop-story.ts';

let profile: MemoryProfile;
let stores: { profile: ProfileStore };

beforeEach(() => {
  profile = memoryProfileStore();
  stores = { profile };
  setClock(() => at('2026-02-01'));
});
afterEach(() => setClock(Date.now));

type Parts = {
  path?: Record<string, string>;
  query?: Record<string, string>;
  claims?: Record<string, unknown> | undefined;
};

const SERVICE = { sub: 'storefront', scope: 'members:read' };
const DESK = { sub: 'desk', scope: 'desk' };

async function ask(routeKey: string, parts: Parts) {
  const handler = httpHandler(routes, () => ({
    ...stores,
    words: memoryWords(),
    policies: { load: async () => always(currentPolicy) },
    turn: inTurn(),
    write: lineCollector().write,
  }));
  const answer = await handler(httpEvent(routeKey, parts), lambdaContext());
  return { status: answer.statusCode, body: JSON.parse(answer.body) as Record<string, unknown> };
}

const ledger = (id: string, parts: Omit<Parts, 'path'> = {}) =>
  ask('GET /v1/members/{id}/ledger', { claims: SERVICE, ...parts, path: { id } });

describe('GET /v1/members/{id}/ledger', () => {
  it('is the ledger, as its schema says, as of now', async () => {
    await book(profile, [placed('2026-01-05'), completed('2026-01-06')]);
    const { status, body } = await ledger('ann');
    expect(status).toBe(200);
    expect(z.parse(ledgerAnswer, body)).toEqual(body);
    expect((body.items as { entryId: string }[]).map((it) => it.entryId)).toEqual([
      'release:ord-1:available',
      'release:ord-1:pending',
      'e1',
    ]);
    setClock(() => at('2026-01-10'));
    expect(((await ledger('ann')).body.items as unknown[]).length).toBe(1);
  });

  it.each(['7', '100'])('goes on where the page before ended, %s lines at a time', async (limit) => {
    const days = Array.from({ length: 230 }, (_, n) => new Date(at('2026-01-01') + n * 86_400_000).toISOString());
    await book(
      profile,
      days.map((day, n) => placed(day, { orderId: `ord-${n}` })),
    );
    const given: unknown[] = [];
    let cursor: string | undefined;
    do {
      const { body } = await ledger('ann', { query: { limit, ...(cursor === undefined ? {} : { cursor }) } });
      expect(z.parse(ledgerAnswer, body)).toEqual(body);
      given.push(...(body.items as { entryId: string }[]).map((it) => it.entryId));
      cursor = body.nextCursor as string | undefined;
    } while (cursor !== undefined);
    expect(given).toEqual(Array.from({ length: 230 }, (_, n) => `e${230 - n}`));
  });

  it('goes on among the lines that have fallen due', async () => {
    await book(profile, [placed('2026-01-05'), completed('2026-01-06')]);
    const first = await ledger('ann', { query: { limit: '1' } });
    const second = await ledger('ann', { query: { limit: '1', cursor: String(first.body.nextCursor) } });
    expect(second.body.items).toMatchObject([{ entryId: 'release:ord-1:pending' }]);
  });

  it.each([
    { what: 'the member', claims: { sub: 'ann', scope: 'member' }, status: 200 },
    { what: 'a service with the scope', claims: SERVICE, status: 200 },
    { what: 'another member', claims: { sub: 'bob', scope: 'member' }, status: 403 },
    {
      what: 'another member with scopes of a service',
      claims: { sub: 'bob', scope: 'member members:read' },
      status: 403,
    },
    { what: 'a service without the scope', claims: { sub: 's', scope: 'events:write' }, status: 403 },
    { what: 'nobody', claims: undefined, status: 401 },
  ])('is for $what: $status', async ({ claims, status }) => {
    await book(profile, [placed('2026-01-05')]);
    expect((await ledger('ann', { claims })).status).toBe(status);
  });

  it('is 404 for a member nobody knows, and empty for one who has registered', async () => {
    expect(await ledger('nobody')).toMatchObject({ status: 404, body: { code: 'not_found' } });
    stores = { profile: { ...profile, knowsMember: async (id) => id === 'new' } };
    expect(await ledger('new')).toEqual({ status: 200, body: { items: [] } });
  });

  it.each([
    { what: 'no cursor of ours', cursor: 'bm8', code: 'invalid_cursor' },
    { what: 'no base64', cursor: '%%%', code: 'invalid_cursor' },
    { what: 'of another list', cursor: encodeCursor({ state: 'waiting', position: [] }), code: 'invalid_cursor' },
    { what: 'with half an entry', cursor: encodeCursor({ belowSeq: 1.5 }), code: 'invalid_cursor' },
    { what: 'with a page below the first', cursor: encodeCursor({ belowSeq: 9, page: 0 }), code: 'invalid_cursor' },
    { what: 'with half a place', cursor: encodeCursor({ belowSeq: 9, due: { asOfMs: 1 } }), code: 'invalid_cursor' },
  ])('takes no cursor $what', async ({ cursor, code }) => {
    await book(profile, [placed('2026-01-05')]);
    expect(await ledger('ann', { query: { cursor } })).toMatchObject({ status: 400, body: { code } });
  });

  it('has nothing to give where a cursor points below the first entry', async () => {
    await book(profile, [placed('2026-01-05')]);
    const cursor = encodeCursor({ belowSeq: -5, page: Number.MAX_SAFE_INTEGER });
    expect(await ledger('ann', { query: { cursor } })).toEqual({ status: 200, body: { items: [] } });
  });

  it.each(['0', '101', '1.5', 'many'])('takes no limit of %s', async (limit) => {
    await book(profile, [placed('2026-01-05')]);
    const { status, body } = await ledger('ann', { query: { limit } });
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'invalid_request' });
    expect(body.errors).toMatchObject([{ path: 'query.limit' }]);
  });

  it('takes no id that is none', async () => {
    expect(await ledger('ann@example.com')).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });
});

describe('GET /v1/shop', () => {
  it('is what the shop knows of guests, in the base currency', async () => {
    await book(profile, [guestPlaced('2026-01-05'), completed('2026-01-06')]);
    const { status, body } = await ask('GET /v1/shop', { claims: SERVICE });
    expect(status).toBe(200);
    expect(z.parse(shopAnswer, body)).toEqual(body);
    expect(body).toEqual({
      currency: 'CNY',
      policyVersion: currentPolicy.stamp,
      guests: { orders: 1, completed: 1, cancelled: 0, spend: 10_000, returned: 0, unitsReturned: 0 },
    });
  });

  it.each([
    { claims: { sub: 'ann', scope: 'member' }, status: 403 },
    { claims: { sub: 's', scope: 'admin' }, status: 200 },
    { claims: undefined, status: 401 },
  ])('is for services alone: $claims.scope $status', async ({ claims, status }) => {
    expect((await ask('GET /v1/shop', { claims })).status).toBe(status);
  });
});

describe('GET /v1/desk/orders', () => {
  const desk = (query: Record<string, string>, claims: Record<string, unknown> | undefined = DESK) =>
    ask('GET /v1/desk/orders', { query, claims });

  it('names the facts of an order and what contradicts them', async () => {
    await book(profile, [placed('2026-01-05'), returned('2026-01-06', { 9: 1 })], { nowMs: at('2026-01-06') });
    const { status, body } = await desk({ state: 'refused' });
    expect(status).toBe(200);
    expect(z.parse(deskOrdersAnswer, body)).toEqual(body);
    expect(body.items).toEqual([
      {
        orderId: 'ord-1',
        state: 'refused',
        since: '2026-01-06T00:00:00.000Z',
        facts: [
          { eventId: 'ord-1:placed', type: 'order.placed.v1', at: '2026-01-05T00:00:00.000Z' },
          { eventId: 'ord-1:returned:ret-1', type: 'order.returned.v1', at: '2026-01-06T00:00:00.000Z' },
        ],
        refused: [{ eventId: 'ord-1:returned:ret-1', code: 'unknown_line', detail: 'The order has no line 9.' }],
      },
    ]);
  });

  it('is empty where all is well', async () => {
    await book(profile, [placed('2026-01-05')]);
    expect((await desk({ state: 'waiting' })).body).toEqual({ items: [] });
  });

  it.each([
    { query: {}, claims: DESK, status: 400 },
    { query: { state: 'lost' }, claims: DESK, status: 400 },
    { query: { state: 'waiting' }, claims: SERVICE, status: 403 },
    { query: { state: 'waiting' }, claims: { sub: 'ann', scope: 'member desk' }, status: 403 },
  ])('answers $status to $query with $claims.scope', async ({ query, claims, status }) => {
    expect((await desk(query as Record<string, string>, claims)).status).toBe(status);
  });

  it('takes no cursor that was given for the other state', async () => {
    const cursor = encodeCursor({ state: 'refused', position: [null, null, null, null] });
    expect(await desk({ state: 'waiting', cursor })).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } });
  });
});
