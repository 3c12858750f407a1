import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import {
  couponAnswer,
  couponsAnswer,
  holdAnswer,
  orderCouponsAnswer,
  receiptAnswer,
} from '../../../functions/coupon/answers.ts';
import { recordOrder } from '../../../functions/coupon/record-order.ts';
import { routes } from '../../../functions/coupon/routes.ts';
import { WriteConflict } from '../../../shared/adapters/dynamo/profile-records.ts';
import { setClock } from '../../../shared/runtime/clock.ts';
import { httpHandler } from '../../../shared/runtime/http-handler.ts';
import { encodeCursor } from '../../../shared/runtime/list.ts';
import { createLogger } from '../../../shared/runtime/log.ts';
import { at, definition } from '../../support/coupon-shop.ts';
import { type CouponTable, couponTable } from '../../support/coupon-table.ts';
import { type Dynoxide, startDynoxide } from '../../support/dynoxide.ts';
import { httpEvent, lambdaContext, lineCollector } from '../../support/lambda.ts';

const SERVICE = { sub: 'storefront', scope: 'members:read members:write' };
const DESK = { sub: 'desk', scope: 'desk' };
const ANN = { sub: 'ann', scope: 'member' };
const BOB = { sub: 'bob', scope: 'member' };
const NOW = '2026-01-10T12:00:00Z';

let dynoxide: Dynoxide;
let shop: CouponTable;
let stores: Pick<CouponTable, 'coupons' | 'policies' | 'words'>;

beforeAll(async () => {
  dynoxide = await startDynoxide();
});
beforeEach(async () => {
  shop = await couponTable(dynoxide);
  stores = shop;
  await shop.register('ann', 'bob');
  shop.define(definition({ id: 'ten', validDays: 30 }));
  setClock(() => at(NOW));
});
afterEach(() => setClock(Date.now));
afterAll(() => dynoxide.stop());

type Parts = { path: Record<string, string>; body?: unknown; query?: Record<string, string>; claims?: Claims };
type Claims = Record<string, unknown> | undefined;

async function ask(routeKey: string, { body, claims = SERVICE, ...parts }: Parts) {
  const handler = httpHandler(routes, () => ({ ...stores, write: lineCollector().write }));
  const event = httpEvent(routeKey, {
    ...parts,
    claims,
    ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const answer = await handler(event, lambdaContext());
  return { status: answer.statusCode, body: JSON.parse(answer.body) as Record<string, unknown> };
}

const give = (couponId = 'c1', body: Record<string, unknown> = {}, id = 'ann', claims: Claims = SERVICE) =>
  ask('POST /v1/members/{id}/coupons', { path: { id }, body: { couponId, definition: 'ten', ...body }, claims });
const act = (verb: string, body: unknown, { id = 'ann', couponId = 'c1', claims = SERVICE as Claims } = {}) =>
  ask(`POST /v1/members/{id}/coupons/{couponId}/${verb}`, { path: { id, couponId }, body, claims });
const hold = (body: Record<string, unknown> = {}, parts = {}) => act('hold', { orderId: 'o1', ...body }, parts);
const list = (query: Record<string, string> = {}, claims: Claims = SERVICE, id = 'ann') =>
  ask('GET /v1/members/{id}/coupons', { path: { id }, query, claims });
const ofOrder = (id: string, claims: Claims = SERVICE) => ask('GET /v1/orders/{id}/coupons', { path: { id }, claims });

async function place(
  orderId: string,
  parts: { memberId?: string | undefined; couponIds?: string[] } = {},
): Promise<void> {
  const fact = {
    kind: 'placed',
    eventId: `${orderId}:placed`,
    atMs: at(NOW),
    memberId: 'ann',
    couponIds: ['c1'],
    ...parts,
  } as const;
  await recordOrder(
    orderId,
    { ...fact, couponIds: [...fact.couponIds] },
    { ...shop, nowMs: at(NOW), log: createLogger({ level: 'silent' }) },
  );
}

describe('POST /v1/members/{id}/coupons', () => {
  it('gives a coupon and says what it is worth', async () => {
    shop.define(
      definition({
        id: 'ten',
        kind: 'percent',
        percent: 12.5,
        limit: 900,
        validDays: 30,
        minimum: 1_000,
        brands: ['leaf'] as never,
      }),
    );
    const { status, body } = await give();
    expect(status).toBe(201);
    expect(z.parse(receiptAnswer, body)).toEqual(body);
    expect(body).toEqual({
      couponId: 'c1',
      definition: 'ten',
      kind: 'percent',
      percent: 12.5,
      limit: 900,
      minimum: 1_000,
      brands: ['leaf'],
      issuedAt: '2026-01-10T12:00:00.000Z',
      expiresAt: '2026-02-09T12:00:00.000Z',
    });
  });

  it('answers the same again and gives nothing more, whatever has become of the coupon and of the policy', async () => {
    const first = await give();
    await act('revoke', { reason: 'mistake' });
    shop.define();
    setClock(() => at('2027-01-10'));
    expect(await give()).toEqual(first);
    expect(await shop.coupons.unitsOut('ten')).toBe(0);
  });

  it.each([
    { code: 'not_found', status: 404, id: 'nobody', body: {} },
    { code: 'unknown_coupon', status: 404, body: { definition: 'no-such' } },
    { code: 'id_reused', status: 409, body: { couponId: 'taken' } },
    { code: 'id_reused', status: 409, body: { couponId: 'bobs' } },
    { code: 'coupon_not_yet_valid', status: 409, body: { definition: 'future' } },
    { code: 'coupon_expired', status: 409, body: { definition: 'past' } },
    { code: 'coupon_member_cap_reached', status: 409, body: { definition: 'once' } },
    { code: 'coupon_budget_exhausted', status: 409, body: { definition: 'few' } },
    { code: 'invalid_request', status: 400, body: { amount: 5 } },
    { code: 'invalid_request', status: 400, body: { couponId: 'ann@example.com' } },
    { code: 'invalid_request', status: 400, body: { definition: '' } },
    { code: 'invalid_request', status: 400, id: 'ann@example.com', body: {} },
  ])('refuses with $status $code: $body', async ({ code, status, id = 'ann', body }) => {
    shop.define(
      definition({ id: 'ten' }),
      definition({ id: 'future', from: '2026-01-11T00:00:00Z' }),
      definition({ id: 'past', until: '2026-01-10T12:00:00Z' }),
      definition({ id: 'once', perMember: 1 }),
      definition({ id: 'few', budget: 1 }),
    );
    await give('taken', { definition: 'once' });
    await give('bobs', { definition: 'few' }, 'bob');
    expect(await give('c1', body, id)).toMatchObject({ status, body: { code } });
    expect(await shop.coupons.loadCoupons(['c1'])).toEqual(new Map());
  });

  it.each([
    { who: 'a service that writes members', claims: SERVICE, status: 201 },
    { who: 'a service that reads members', claims: { sub: 's', scope: 'members:read' }, status: 403 },
    { who: 'the desk', claims: DESK, status: 403 },
    { who: 'the member', claims: ANN, status: 403 },
  ])('is for $who: $status', async ({ claims, status }) => {
    expect((await give('c1', {}, 'ann', claims)).status).toBe(status);
  });

  it('is to be tried again where others are always faster', async () => {
    stores = {
      ...shop,
      coupons: { ...shop.coupons, saveIssue: () => Promise.reject(new WriteConflict(new Error('x'))) },
    };
    expect(await give()).toMatchObject({ status: 503, body: { code: 'unavailable' } });
  });
});

describe('GET /v1/members/{id}/coupons', () => {
  it('says how each stands and why it cannot be used', async () => {
    shop.define(definition({ id: 'ten', validDays: 30 }), definition({ id: 'brief', validDays: 1 }));
    for (const couponId of ['free', 'held', 'used', 'back', 'old']) {
      await give(couponId, couponId === 'old' ? { definition: 'brief' } : {});
    }
    setClock(() => at('2026-01-12'));
    await hold({}, { couponId: 'held' });
    await place('o9', { couponIds: ['used'] });
    await act('revoke', { reason: 'mistake' }, { couponId: 'back' });
    const { status, body } = await list();
    expect(status).toBe(200);
    expect(z.parse(couponsAnswer, body)).toEqual(body);
    expect(body.items).toMatchObject([
      { couponId: 'old', state: 'expired', unusable: { code: 'coupon_expired' } },
      { couponId: 'back', state: 'revoked', unusable: { code: 'coupon_revoked' } },
      { couponId: 'used', state: 'redeemed', orderId: 'o9', unusable: { code: 'coupon_redeemed' } },
      {
        couponId: 'held',
        state: 'held',
        orderId: 'o1',
        heldUntil: '2026-01-12T00:30:00.000Z',
        unusable: { code: 'coupon_in_use', detail: 'An order at checkout holds it until 2026-01-12T00:30:00.000Z.' },
      },
      { couponId: 'free', state: 'issued', expiresAt: '2026-02-09T12:00:00.000Z' },
    ]);
    expect((body.items as object[])[4]).not.toHaveProperty('unusable');
  });

  it('goes on where the page before ended', async () => {
    for (let n = 0; n < 45; n += 1) await give(`c${n}`);
    const given: string[] = [];
    let cursor: string | undefined;
    do {
      const { body } = await list({ limit: '7', ...(cursor !== undefined && { cursor }) });
      given.push(...(body.items as { couponId: string }[]).map((it) => it.couponId));
      cursor = body.nextCursor as string | undefined;
    } while (cursor !== undefined);
    expect(given).toEqual(Array.from({ length: 45 }, (_, n) => `c${44 - n}`));
  });

  it.each([
    {
      what: 'no member the shop knows',
      id: 'nobody',
      query: {},
      expected: { status: 404, body: { code: 'not_found' } },
    },
    { what: 'a member without coupons', id: 'bob', query: {}, expected: { status: 200, body: { items: [] } } },
    {
      what: 'a cursor of another list',
      id: 'ann',
      query: { cursor: encodeCursor({ belowSeq: 4 }) },
      expected: { status: 400, body: { code: 'invalid_cursor' } },
    },
  ])('of $what', async ({ id, query, expected }) => {
    expect(await list(query, SERVICE, id)).toMatchObject(expected);
  });

  it.each([
    { who: 'the member', claims: ANN, status: 200 },
    { who: 'another member', claims: BOB, status: 403 },
    { who: 'a service that reads members', claims: { sub: 's', scope: 'members:read' }, status: 200 },
    { who: 'a service of other things', claims: { sub: 's', scope: 'events:write' }, status: 403 },
  ])('is for $who: $status', async ({ claims, status }) => {
    expect((await list({}, claims)).status).toBe(status);
  });
});

describe('POST .../hold', () => {
  const lines = [
    { lineId: '1', net: 900, category: 'Home/Kitchen' },
    { lineId: '2', net: 100, brandId: 'leaf' },
  ];

  it('keeps a coupon for an order and says what it takes off', async () => {
    await give();
    const { status, body } = await hold({ lines }, { claims: ANN });
    expect(status).toBe(200);
    expect(z.parse(holdAnswer, body)).toEqual(body);
    expect(body).toMatchObject({
      state: 'held',
      orderId: 'o1',
      heldUntil: '2026-01-10T12:30:00.000Z',
      discount: {
        amount: 500,
        lines: [
          { lineId: '1', discount: 450 },
          { lineId: '2', discount: 50 },
        ],
        arithmetic: '500 off',
      },
    });
  });

  it('answers the same again, and leaves the hold as it is', async () => {
    await give();
    const first = await hold({ lines });
    setClock(() => at('2026-01-10T12:20:00Z'));
    expect(await hold({ lines })).toEqual(first);
  });

  it('is free for another order once it has lapsed', async () => {
    await give();
    await hold();
    expect(await hold({ orderId: 'o2' })).toMatchObject({ status: 409, body: { code: 'coupon_in_use' } });
    setClock(() => at('2026-01-10T12:30:00Z'));
    expect(await hold({ orderId: 'o2' })).toMatchObject({ status: 200, body: { orderId: 'o2' } });
  });

  it('is had by one of many checkouts at the same time', async () => {
    await give();
    const answers = await Promise.all(Array.from({ length: 6 }, (_, n) => hold({ orderId: `o${n}` })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409]);
  });

  it.each([
    { code: 'unknown_coupon', status: 404, parts: { couponId: 'nothing' }, body: {} },
    { code: 'unknown_coupon', status: 404, parts: { id: 'bob' }, body: {} },
    { code: 'coupon_revoked', status: 409, parts: { couponId: 'back' }, body: {} },
    { code: 'coupon_redeemed', status: 409, parts: { couponId: 'used' }, body: {} },
    { code: 'coupon_expired', status: 409, parts: {}, body: {}, now: '2026-02-09T12:00:00Z' },
    { code: 'coupon_in_use', status: 409, parts: { couponId: 'held' }, body: { orderId: 'o2' } },
    { code: 'coupon_wrong_category', status: 409, parts: { couponId: 'tea' }, body: { lines } },
    { code: 'coupon_below_minimum', status: 409, parts: { couponId: 'big' }, body: { lines } },
    { code: 'coupon_without_effect', status: 409, parts: {}, body: { lines: [{ lineId: '1', net: 0 }] } },
    { code: 'invalid_request', status: 400, parts: {}, body: { minutes: 5 } },
    { code: 'invalid_request', status: 400, parts: {}, body: { lines: [] } },
    { code: 'invalid_request', status: 400, parts: {}, body: { lines: [{ lineId: '1', net: -1 }] } },
    { code: 'invalid_request', status: 400, parts: {}, body: { lines: [{ lineId: '1', net: 1, price: 1 }] } },
  ])('refuses with $status $code: $parts $body', async ({ code, status, parts, body, now = NOW }) => {
    shop.define(
      definition({ id: 'ten', validDays: 30 }),
      definition({ id: 'tea', categories: ['Food/Tea'] }),
      definition({ id: 'big', minimum: 1_001 }),
    );
    await give();
    for (const couponId of ['back', 'used', 'held']) await give(couponId);
    for (const couponId of ['tea', 'big']) await give(couponId, { definition: couponId });
    await act('revoke', { reason: 'mistake' }, { couponId: 'back' });
    await hold({}, { couponId: 'held' });
    await place('o9', { couponIds: ['used'] });
    setClock(() => at(now));
    expect(await hold(body, parts)).toMatchObject({ status, body: { code } });
  });

  it.each([
    { who: 'the member', claims: ANN, status: 200 },
    { who: 'another member', claims: BOB, status: 403 },
    { who: 'a service that writes members', claims: SERVICE, status: 200 },
    { who: 'a service that reads members', claims: { sub: 's', scope: 'members:read' }, status: 403 },
  ])('and release are for $who: $status', async ({ claims, status }) => {
    await give();
    expect((await hold({}, { claims })).status).toBe(status);
    expect((await act('release', { orderId: 'o1' }, { claims })).status).toBe(status);
  });
});

describe('POST .../release', () => {
  it('lets go of a coupon, once and again', async () => {
    await give();
    await hold();
    const { status, body } = await act('release', { orderId: 'o1' });
    expect(status).toBe(200);
    expect(z.parse(couponAnswer, body)).toEqual(body);
    expect(body).toMatchObject({ state: 'issued' });
    expect(await act('release', { orderId: 'o1' })).toEqual({ status, body });
    expect(await hold({ orderId: 'o2' })).toMatchObject({ status: 200 });
  });

  it.each([
    { code: 'coupon_in_use', status: 409, parts: {}, body: { orderId: 'o2' } },
    { code: 'unknown_coupon', status: 404, parts: { couponId: 'nothing' }, body: { orderId: 'o1' } },
    { code: 'invalid_request', status: 400, parts: {}, body: {} },
    { code: 'invalid_request', status: 400, parts: {}, body: { orderId: 'o1', force: true } },
  ])('refuses with $status $code: $body', async ({ code, status, parts, body }) => {
    await give();
    await hold();
    expect(await act('release', body, parts)).toMatchObject({ status, body: { code } });
  });
});

describe('POST .../revoke', () => {
  it('takes a coupon back, and its unit with it', async () => {
    shop.define(definition({ id: 'ten', validDays: 30, budget: 1, perMember: 1 }));
    await give();
    const first = await act('revoke', { reason: 'mistake' }, { claims: DESK });
    expect(first).toMatchObject({ status: 200, body: { state: 'revoked', unusable: { code: 'coupon_revoked' } } });
    expect(await act('revoke', { reason: 'mistake' })).toEqual(first);
    expect(await give('c2')).toMatchObject({ status: 201 });
    expect(await shop.coupons.unitsOut('ten')).toBe(1);
  });

  it.each([
    { code: 'id_reused', status: 409, parts: { couponId: 'back' }, body: { reason: 'another' } },
    { code: 'coupon_redeemed', status: 409, parts: { couponId: 'used' }, body: { reason: 'x' } },
    { code: 'coupon_expired', status: 409, parts: {}, body: { reason: 'x' }, now: '2026-03-01' },
    { code: 'unknown_coupon', status: 404, parts: { id: 'bob' }, body: { reason: 'x' } },
    { code: 'invalid_request', status: 400, parts: {}, body: { reason: '' } },
    { code: 'invalid_request', status: 400, parts: {}, body: { reason: 'x', note: 'y' } },
  ])('refuses with $status $code: $parts $body', async ({ code, status, parts, body, now = NOW }) => {
    for (const couponId of ['c1', 'back', 'used']) await give(couponId);
    await act('revoke', { reason: 'mistake' }, { couponId: 'back' });
    await place('o9', { couponIds: ['used'] });
    setClock(() => at(now));
    expect(await act('revoke', body, parts)).toMatchObject({ status, body: { code } });
  });

  it('is not for members', async () => {
    await give();
    expect(await act('revoke', { reason: 'x' }, { claims: ANN })).toMatchObject({ status: 403 });
  });
});

describe('GET /v1/orders/{id}/coupons', () => {
  it('tells what became of each, and why', async () => {
    await give('c1');
    await give('bobs', {}, 'bob');
    await place('o1', { couponIds: ['c1', 'bobs', 'nothing'] });
    await place('o2', { couponIds: ['c1'] });
    const { status, body } = await ofOrder('o1', DESK);
    expect(status).toBe(200);
    expect(z.parse(orderCouponsAnswer, body)).toEqual(body);
    expect(body).toMatchObject({
      orderId: 'o1',
      items: [
        { couponId: 'c1', outcome: 'redeemed' },
        { couponId: 'bobs', outcome: 'refused', code: 'coupon_of_other_member' },
        { couponId: 'nothing', outcome: 'refused', code: 'unknown_coupon' },
      ],
    });
    expect(await ofOrder('o2')).toMatchObject({ body: { items: [{ outcome: 'refused', code: 'coupon_redeemed' }] } });
  });

  it('is 404 where the order names none, and 403 for a member', async () => {
    expect(await ofOrder('o1')).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await ofOrder('o1', ANN)).toMatchObject({ status: 403 });
  });
});
