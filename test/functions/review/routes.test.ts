import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { publicReviewsAnswer } from '../../../functions/review/public-answers.ts';
import { routes } from '../../../functions/review/routes.ts';
import { toItem } from '../../../shared/adapters/dynamo/attributes.ts';
import { catalogKeys } from '../../../shared/adapters/dynamo/keys.ts';
import { WriteConflict } from '../../../shared/adapters/dynamo/profile-records.ts';
import { fingerprintOf } from '../../../shared/domain/moderation/fingerprint.ts';
import { always } from '../../../shared/policy/policies.ts';
import { setClock } from '../../../shared/runtime/clock.ts';
import { httpHandler } from '../../../shared/runtime/http-handler.ts';
import { encodeCursor } from '../../../shared/runtime/list.ts';
import { type Dynoxide, startDynoxide } from '../../support/dynoxide.ts';
import { httpEvent, lambdaContext, lineCollector } from '../../support/lambda.ts';
import { eraseKey } from '../../support/open-vault.ts';
import { decided, removed, submitted } from '../../support/review-facts.ts';
import { openReviewShop, type ReviewShop } from '../../support/review-shop.ts';
import { at, policyWith } from '../../support/shop-story.ts';

type Claims = Record<string, unknown> | null;
type Parts = { path?: Record<string, string>; query?: Record<string, string>; body?: unknown; claims?: Claims };
const CARL = { sub: 'carl', scope: 'desk' };
const DORA = { sub: 'dora', scope: 'desk' };
const ANN = { sub: 'ann', scope: 'member' };
const BOB = { sub: 'bob', scope: 'member' };
const NOW = at('2026-03-01');

let dynoxide: Dynoxide;
let shop: ReviewShop;
let lines: ReturnType<typeof lineCollector>;

beforeAll(async () => {
  dynoxide = await startDynoxide();
});
beforeEach(async () => {
  // Nothing is rejected unseen, so that whatever is suspicious waits for the desk.
  shop = await openReviewShop(
    dynoxide,
    always(policyWith(({ moderation }) => Object.assign(moderation, { rejectFrom: 1 }))),
  );
  const product = { productId: 'teapot', name: 'Teapot', brandId: 'hearth' };
  const item = toItem({ ...catalogKeys.product('teapot'), ...product });
  await dynoxide.client.send(new PutItemCommand({ TableName: shop.tables.catalog, Item: item }));
  lines = lineCollector();
  setClock(() => NOW);
});
afterEach(() => setClock(Date.now));
afterAll(() => dynoxide.stop());

async function ask(key: string, { body, claims, ...parts }: Parts, stores: ReviewShop = shop) {
  const handler = httpHandler(routes, () => ({ ...stores, write: lines.write }));
  const sent =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const answer = await handler(httpEvent(key, { ...parts, ...sent, claims: claims ?? undefined }), lambdaContext());
  return { status: answer.statusCode, body: JSON.parse(answer.body) as Record<string, unknown> };
}

const listing = (query: Record<string, string> = {}) =>
  ask('GET /v1/products/{id}/reviews', { path: { id: 'teapot' }, query });
const decide = (body: unknown, claims: Claims = CARL, id = 'rev-1') =>
  ask('POST /v1/desk/reviews/{id}/decision', { path: { id }, body, claims });
const appeal = (claims: Claims = ANN, path = { id: 'ann', reviewId: 'rev-1' }, body: unknown = {}) =>
  ask('POST /v1/members/{id}/reviews/{reviewId}/appeal', { path, body, claims });
const queue = (query: Record<string, string> = {}, claims: Claims = CARL) =>
  ask('GET /v1/desk/reviews', { query, claims });
const details = (id = 'rev-1', claims: Claims = CARL) => ask('GET /v1/desk/reviews/{id}', { path: { id }, claims });
const idsOf = ({ body }: { body: Record<string, unknown> }) =>
  (body.items as { reviewId: string }[]).map(({ reviewId }) => reviewId);
const rejection = { verdict: 'reject', reason: 'fake_review' };

/** Reviews by members of their own, an hour apart, the first the oldest; some with votes. */
async function publish(count: number, votesOf: (n: number) => number = () => 0): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const reviewId = `rev-${String(n).padStart(2, '0')}`;
    const time = new Date(at('2026-01-01') + n * 36 * 3_600_000).toISOString();
    for (let vote = 0; vote < Math.abs(votesOf(n)); vote += 1) {
      const voted = { voterId: `v${vote}`, helpful: votesOf(n) > 0, atMs: 1, eventId: `${reviewId}-${vote}` };
      await shop.reviews.saveVote({ reviewId, ...voted });
      await shop.tallies.settle([{ pk: `REVIEW#${reviewId}`, sk: `VOTE#v${vote}` }]);
    }
    const said = submitted(time, { reviewId, memberId: `m${n}`, stars: 3 + (n % 3) });
    await shop.keep(reviewId, said, n % 2 === 0 ? { text: `Words of ${n}.` } : undefined);
  }
}

async function pages(query: Record<string, string>): Promise<string[][]> {
  const found: string[][] = [];
  for (let cursor: string | undefined; found.length < 50; ) {
    const answer = await listing({ ...query, ...(cursor !== undefined && { cursor }) });
    expect(answer.status).toBe(200);
    z.parse(publicReviewsAnswer, answer.body);
    found.push(idsOf(answer));
    cursor = answer.body.nextCursor as string | undefined;
    if (cursor === undefined) return found;
  }
  throw new Error('The pages never end.');
}

describe('the reviews of a product', () => {
  it('are given newest first, in pages of any length, each once', async () => {
    await publish(11);
    const all = Array.from({ length: 11 }, (_, n) => `rev-${String(10 - n).padStart(2, '0')}`);
    for (const limit of [1, 3, 10, 11, 100]) {
      const found = await pages({ limit: String(limit) });
      expect(found.flat(), `limit ${limit}`).toEqual(all);
      expect(found.slice(0, -1).every((page) => page.length === limit)).toBe(true);
    }
  });

  it('are given most helpful first, and then all others from the newest', async () => {
    // Votes of 03, 06 and 09 speak for them, those of 04 against it.
    await publish(10, (n) => ({ 3: 2, 6: 1, 9: 2, 4: -2 })[n] ?? 0);
    const all = ['rev-09', 'rev-03', 'rev-06', 'rev-08', 'rev-07', 'rev-05', 'rev-04', 'rev-02', 'rev-01', 'rev-00'];
    for (const limit of [1, 2, 3, 4, 10, 100]) {
      expect((await pages({ sort: 'helpful', limit: String(limit) })).flat(), `limit ${limit}`).toEqual(all);
    }
  });

  it('have their words, also after an edit at another time, once', async () => {
    await shop.keep('rev-1', submitted('2026-01-10', { stars: 2 }), { text: 'First words.' });
    await shop.keep('rev-1', submitted('2026-01-20', { stars: 4 }), { title: '<b>Later</b>', text: 'Later words.' });
    expect((await listing()).body.items).toMatchObject([
      { reviewId: 'rev-1', author: 'ann', ratings: { product: 4 }, title: '<b>Later</b>', text: 'Later words.' },
    ]);
  });

  it('name their author as the author likes, and nobody who has been erased', async () => {
    const named = (memberId: string, value: string) =>
      shop.persons.save({ person: { memberId, version: 1, displayName: { value, atMs: 1, eventId: 'r' } } });
    for (const [memberId, name] of [
      ['ann', 'Ann'],
      ['bob', 'Bob'],
      ['eve', 'Eve'],
    ] as const) {
      await named(memberId, name);
      const parts = { reviewId: `rev-${memberId}`, memberId, ...(memberId === 'bob' && { anonymous: true }) };
      await shop.keep(`rev-${memberId}`, submitted('2026-01-10', parts), { text: `${name} says so.` });
    }
    await eraseKey(dynoxide.client, shop.tables.vault, 'MEMBER#eve');
    const items = (await listing()).body.items as { reviewId: string }[];
    expect(items.sort((a, b) => (a.reviewId < b.reviewId ? -1 : 1))).toMatchObject([
      { reviewId: 'rev-ann', author: 'Ann', text: 'Ann says so.' },
      { reviewId: 'rev-bob', author: 'anonymous', text: 'Bob says so.' },
      { reviewId: 'rev-eve', author: 'anonymous', ratings: { product: 5 } },
    ]);
    expect(items[2]).not.toHaveProperty('text');
    expect((await details('rev-eve')).body).not.toHaveProperty('text');
  });

  it('are gone once they are rejected or removed', async () => {
    await shop.keep('rev-1', submitted('2026-01-10'));
    await shop.keep('rev-2', submitted('2026-01-11', { reviewId: 'rev-2', memberId: 'bob' }));
    await shop.keep('rev-1', decided('2026-01-12', 'reject'));
    await shop.keep('rev-2', removed('2026-01-12'));
    expect((await listing()).body).toEqual({ items: [] });
  });

  it.each([
    { what: 'a cursor that is none', query: { cursor: 'nonsense' }, code: 'invalid_cursor' },
    {
      what: 'a cursor of the other order',
      query: { cursor: encodeCursor({ sort: 'helpful', part: 'helpful', after: [null, null, null, null] }) },
      code: 'invalid_cursor',
    },
    {
      what: 'a cursor of too many shards',
      query: { cursor: encodeCursor({ sort: 'newest', part: 'newest', after: Array(500).fill(null) }) },
      code: 'invalid_cursor',
    },
    {
      what: 'a cursor from before the first',
      query: { cursor: encodeCursor({ sort: 'newest', part: 'newest', after: ['A', null, null, null] }) },
      code: 'invalid_cursor',
    },
    {
      what: 'a cursor of another part',
      query: { cursor: encodeCursor({ sort: 'newest', part: 'newest', after: ['HELPFUL#1', null, null, null] }) },
      code: 'invalid_cursor',
    },
    { what: 'a page of none', query: { limit: '0' }, code: 'invalid_request' },
    { what: 'a page of too many', query: { limit: '101' }, code: 'invalid_request' },
    { what: 'an order that there is none of', query: { sort: 'best' }, code: 'invalid_request' },
  ])('are not given for $what', async ({ query, code }) => {
    await publish(1);
    expect(await listing(query)).toMatchObject({ status: 400, body: { code } });
  });
});

describe('a verdict', () => {
  it('is kept with who gave it and why, and follows from then on', async () => {
    await shop.keep('rev-1', submitted('2026-01-10'));
    expect(await decide(rejection)).toMatchObject({
      status: 200,
      body: {
        history: [{ kind: 'submitted' }, { kind: 'decided', verdict: 'reject', by: 'carl', reason: 'fake_review' }],
      },
    });
    await shop.look('rev-1');
    expect((await details()).body).toMatchObject({ state: 'rejected', by: 'desk', reasons: [{ code: 'fake_review' }] });
  });

  it('given twice is one', async () => {
    await shop.keep('rev-1', submitted('2026-01-10'));
    await decide(rejection);
    expect((await decide(rejection)).status).toBe(200);
    expect((await details()).body.history).toHaveLength(2);
  });

  it.each([
    {
      what: 'the other one afterwards',
      body: { verdict: 'publish', reason: 'genuine' },
      claims: CARL,
      status: 409,
      code: 'already_decided',
    },
    { what: 'the same by another person', body: rejection, claims: DORA, status: 409, code: 'already_decided' },
    { what: 'none', body: {}, claims: CARL, status: 400, code: 'invalid_request' },
    {
      what: 'one that there is none of',
      body: { ...rejection, verdict: 'maybe' },
      claims: CARL,
      status: 400,
      code: 'invalid_request',
    },
    { what: 'no reason', body: { verdict: 'reject' }, claims: CARL, status: 400, code: 'invalid_request' },
    {
      what: 'a reason in prose',
      body: { verdict: 'reject', reason: 'It is a fake.' },
      claims: CARL,
      status: 400,
      code: 'invalid_request',
    },
    {
      what: 'something unknown beside it',
      body: { ...rejection, by: 'me' },
      claims: CARL,
      status: 400,
      code: 'invalid_request',
    },
    { what: 'one by the author', body: rejection, claims: ANN, status: 403, code: 'forbidden' },
    {
      what: 'one by a service that is no desk',
      body: rejection,
      claims: { sub: 's', scope: 'events:write' },
      status: 403,
      code: 'forbidden',
    },
    { what: 'one by nobody', body: rejection, claims: null, status: 401, code: 'unauthorized' },
  ])('is refused: $what', async ({ body, claims, status, code }) => {
    await shop.keep('rev-1', submitted('2026-01-10'));
    await decide(rejection);
    expect(await decide(body, claims)).toMatchObject({ status, body: { code } });
    expect((await details()).body.history).toHaveLength(2);
  });

  it('is not for a review that there is none of, or that nobody has submitted', async () => {
    expect(await decide(rejection)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    await shop.keep('rev-1', removed('2026-01-10'));
    expect((await decide(rejection)).status).toBe(404);
    expect((await details('none')).status).toBe(404);
  });

  it('meets another that is given at the same time, and one of them counts', async () => {
    await shop.keep('rev-1', submitted('2026-01-10'));
    const both = await Promise.all([decide(rejection, CARL), decide({ verdict: 'reject', reason: 'spam' }, DORA)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('is told to come again where the table is in the way all the time', async () => {
    await shop.keep('rev-1', submitted('2026-01-10'));
    const busy = { ...shop, reviews: { ...shop.reviews, saveFacts: () => Promise.reject(new WriteConflict('taken')) } };
    const answer = await ask(
      'POST /v1/desk/reviews/{id}/decision',
      { path: { id: 'rev-1' }, body: rejection, claims: CARL },
      busy,
    );
    expect(answer.status).toBeGreaterThanOrEqual(409);
  });
});

describe('an appeal', () => {
  beforeEach(async () => {
    await shop.keep('rev-1', submitted('2026-01-10'));
    await decide(rejection);
    await shop.look('rev-1');
  });

  it('is decided by another person, once', async () => {
    expect(await appeal(ANN, undefined, { reason: 'I did buy it.' })).toMatchObject({
      status: 200,
      body: { appealed: true, state: 'rejected' },
    });
    expect((await appeal()).status).toBe(200);
    const lift = { verdict: 'publish', reason: 'genuine' };
    expect(await decide(lift, CARL)).toMatchObject({ status: 409, body: { code: 'same_person' } });
    expect((await decide(lift, DORA)).status).toBe(200);
    await shop.look('rev-1');
    expect((await details()).body).toMatchObject({ state: 'published', by: 'desk', appealed: false });
    expect(await appeal()).toMatchObject({ status: 409, body: { code: 'already_appealed' } });
  });

  it.each([
    { what: 'another member, for the author', claims: BOB, path: { id: 'ann', reviewId: 'rev-1' }, status: 403 },
    { what: 'another member, as their own', claims: BOB, path: { id: 'bob', reviewId: 'rev-1' }, status: 404 },
    { what: 'the author, of what there is none of', claims: ANN, path: { id: 'ann', reviewId: 'none' }, status: 404 },
    { what: 'nobody', claims: null, path: { id: 'ann', reviewId: 'rev-1' }, status: 401 },
  ])('is refused to $what', async ({ claims, path, status }) => {
    expect((await appeal(claims, path)).status).toBe(status);
  });

  it.each([
    { what: 'empty', body: { reason: ' ' } },
    { what: 'too long', body: { reason: 'x'.repeat(2_001) } },
    { what: 'with control characters', body: { reason: 'a\u0007b' } },
    { what: 'with something unknown', body: { because: 'x' } },
  ])('is refused where its words are $what', async ({ body }) => {
    expect(await appeal(ANN, undefined, body)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });

  it('is not for what is not rejected', async () => {
    await shop.keep('rev-2', submitted('2026-01-11', { reviewId: 'rev-2', productId: 'teapot', memberId: 'bob' }));
    expect(await appeal(BOB, { id: 'bob', reviewId: 'rev-2' })).toMatchObject({
      status: 409,
      body: { code: 'not_rejected' },
    });
  });
});

describe('the queue of the desk', () => {
  it('has what is held, longest first, and no more once it is decided', async () => {
    const copied =
      'A pot of fine, thin clay that keeps the tea warm for an hour and pours without a drop beside the cup, every time.';
    const reading = { language: 'en', length: copied.length, fingerprint: fingerprintOf(copied) };
    for (let n = 0; n < 6; n += 1) {
      const reviewId = `rev-${n}`;
      const said = submitted(`2026-01-1${n}`, { reviewId, memberId: `m${n}`, reading });
      await shop.keep(reviewId, said, { text: copied });
    }
    const held = idsOf(await queue());
    expect(held.length).toBeGreaterThan(1);
    expect(held).toEqual([...held].sort());
    const first = await queue({ limit: '1' });
    const rest = await queue({ cursor: String(first.body.nextCursor) });
    expect([...idsOf(first), ...idsOf(rest)]).toEqual(held);
    expect(first.body.items).toMatchObject([{ state: 'held', text: copied, suspicion: expect.any(Number) }]);
    await decide({ verdict: 'publish', reason: 'genuine' }, CARL, held[0]);
    await shop.look(held[0] ?? '');
    expect(idsOf(await queue())).toEqual(held.slice(1));
  });

  it.each([
    { what: 'a state that it is not for', query: { state: 'published' }, claims: CARL, status: 400 },
    { what: 'a cursor that is none', query: { cursor: 'nonsense' }, claims: CARL, status: 400 },
    { what: 'a member', query: {}, claims: ANN, status: 403 },
    { what: 'nobody', query: {}, claims: null, status: 401 },
  ])('is not given for $what', async ({ query, claims, status }) => {
    expect((await queue(query as Record<string, string>, claims)).status).toBe(status);
  });
});

describe("a member's own reviews and credit", () => {
  const own = (query: Record<string, string> = {}, claims: Claims = ANN) =>
    ask('GET /v1/members/{id}/reviews', { path: { id: 'ann' }, query, claims });
  const credit = (claims: Claims = ANN, id = 'ann') => ask('GET /v1/members/{id}/reviewer', { path: { id }, claims });

  it('are given newest first, also those that nobody else sees', async () => {
    await shop.keep('rev-1', submitted('2026-01-10'));
    await shop.keep('rev-2', submitted('2026-01-11', { reviewId: 'rev-2', productId: 'unheard' }));
    expect((await own()).body.items).toMatchObject([
      { reviewId: 'rev-2', state: 'waiting' },
      { reviewId: 'rev-1', state: 'published' },
    ]);
    const first = await own({ limit: '1' });
    expect(idsOf(await own({ limit: '1', cursor: String(first.body.nextCursor) }))).toEqual(['rev-1']);
  });

  it('are none for a member who has written none, and credit is unknown of one who is', async () => {
    expect((await own()).body).toEqual({ items: [] });
    expect((await credit()).status).toBe(404);
  });

  it('say how the credit comes about, to the sum', async () => {
    await shop.keep('rev-1', submitted('2026-01-10'));
    const { body } = await credit();
    const parts = body.reasons as { contribution: number }[];
    expect(parts.reduce((sum, { contribution }) => sum + contribution, 0)).toBeCloseTo(body.credit as number, 6);
    expect(body).toMatchObject({ reviews: { published: 1, rejected: 0 }, level: expect.any(String) });
  });

  it.each([
    { what: 'reviews to another member', get: () => own({}, BOB), status: 403 },
    { what: 'reviews to nobody', get: () => own({}, null), status: 401 },
    { what: 'credit to another member', get: () => credit(BOB), status: 403 },
    { what: 'reviews by a cursor that is none', get: () => own({ cursor: 'nonsense' }), status: 400 },
  ])('are not given: $what', async ({ get, status }) => {
    expect((await get()).status).toBe(status);
  });
});
