import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { policyAnswer, policyVersionsAnswer } from '../../../functions/policy/answers.ts';
import { routes } from '../../../functions/policy/routes.ts';
import { policyStore } from '../../../shared/adapters/dynamo/policy-store.ts';
import { policyVersions } from '../../../shared/adapters/dynamo/policy-versions.ts';
import { currentPolicy, documentOf } from '../../../shared/policy/policy.ts';
import { setClock } from '../../../shared/runtime/clock.ts';
import { httpHandler } from '../../../shared/runtime/http-handler.ts';
import { encodeCursor } from '../../../shared/runtime/list.ts';
import { type Dynoxide, startDynoxide } from '../../support/dynoxide.ts';
import { httpEvent, lambdaContext, lineCollector, type RequestParts } from '../../support/lambda.ts';
import { policyOf, policyWith } from '../../support/policies.ts';
import { at } from '../../support/shop-story.ts';

let dynoxide: Dynoxide;
let table: string;

beforeAll(async () => {
  dynoxide = await startDynoxide();
});
afterAll(() => dynoxide.stop());
beforeEach(async () => {
  table = (await dynoxide.createTables()).profile;
  setClock(() => at('2026-02-01'));
});
afterEach(() => setClock(Date.now));

const ADMIN = { sub: 'ops', scope: 'admin' };
const ETAG = `"${currentPolicy.stamp}"`;

async function ask(routeKey: string, parts: RequestParts = {}) {
  const open = () => ({
    policies: policyStore(dynoxide.client, table),
    versions: policyVersions(dynoxide.client, table),
    write: lineCollector().write,
  });
  const handler = httpHandler(routes, open);
  const answer = await handler(httpEvent(routeKey, { claims: ADMIN, ...parts }), lambdaContext());
  return {
    status: answer.statusCode,
    etag: answer.headers.etag,
    body: JSON.parse(answer.body) as Record<string, unknown>,
  };
}

const get = (parts?: RequestParts) => ask('GET /v1/policy', parts);
const list = (query: Record<string, string> = {}, parts: RequestParts = {}) =>
  ask('GET /v1/policy/versions', { query, ...parts });
const put = (body: unknown, ifMatch: string | undefined = ETAG, claims: Record<string, unknown> = ADMIN) =>
  ask('PUT /v1/policy', {
    headers: { 'content-type': 'application/json', ...(ifMatch === '' ? {} : { 'if-match': ifMatch }) },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    claims,
  });

describe('GET /v1/policy', () => {
  it("is the release's where the shop has put none", async () => {
    const { status, etag, body } = await get();
    expect([status, etag]).toEqual([200, ETAG]);
    expect(z.parse(policyAnswer, body)).toEqual(body);
    expect(body).toEqual({ version: currentPolicy.stamp, number: 1, policy: documentOf(currentPolicy) });
  });

  it('is the one that was put last', async () => {
    const answer = await put(policyWith({ version: 'spring' }));
    expect(answer.status).toBe(200);
    expect(await get()).toEqual(answer);
    expect(answer.etag).toBe(`"${policyOf({ version: 'spring' }).stamp}"`);
    expect(answer.body).toMatchObject({ number: 2, since: '2026-02-01T00:00:00.001Z', policy: { version: 'spring' } });
  });

  it.each([
    { claims: { sub: 's', scope: 'members:read' }, status: 200 },
    { claims: { sub: 's', scope: 'desk' }, status: 403 },
    { claims: { sub: 'ann', scope: 'member' }, status: 403 },
    { claims: undefined, status: 401 },
  ])('answers $status to $claims.scope', async ({ claims, status }) => {
    expect((await get({ claims })).status).toBe(status);
  });
});

describe('PUT /v1/policy', () => {
  it('takes what GET has answered, changed', async () => {
    const { body, etag } = await get();
    const changed = { ...body, policy: policyWith({ 'points.holdDays': 14 }), reason: 'Longer returns' };
    expect(await put(changed, etag)).toMatchObject({
      status: 200,
      body: { number: 2, policy: { points: { holdDays: 14 } } },
    });
  });

  it('changes nothing with what is in force already, however often', async () => {
    const first = await put(policyWith({ version: 'spring' }));
    setClock(() => at('2026-03-01'));
    expect(await put(policyWith({ version: 'spring' }))).toEqual(first);
    expect(await put(policyWith({ version: 'spring' }), first.etag)).toEqual(first);
    expect((await list()).body.items).toHaveLength(2);
  });

  it('is won by exactly one of those who put at once', async () => {
    const names = ['ann', 'bob', 'cat', 'dan'];
    const answers = await Promise.all(names.map((version) => put(policyWith({ version }))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
    const won = answers.find(({ status }) => status === 200);
    expect((await get()).etag).toBe(won?.etag);
    expect((await list()).body.items).toHaveLength(2);
  });

  it.each([
    {
      what: 'no If-Match',
      ifMatch: '',
      body: policyWith({ version: '2' }),
      status: 428,
      code: 'precondition_required',
    },
    {
      what: 'a stale one',
      ifMatch: '"1-old"',
      body: policyWith({ version: '2' }),
      status: 412,
      code: 'precondition_failed',
    },
    { what: 'one too long', ifMatch: 'x'.repeat(1_001), body: policyWith(), status: 400, code: 'invalid_request' },
    { what: 'no JSON', ifMatch: ETAG, body: '{', status: 400, code: 'malformed_json' },
    { what: 'no policy', ifMatch: ETAG, body: [], status: 400, code: 'invalid_policy' },
    {
      what: 'overlapping tiers',
      ifMatch: ETAG,
      body: policyWith({ 'tiers.steps.2.threshold': 100_000 }),
      status: 400,
      code: 'invalid_policy',
    },
    {
      what: 'another base currency',
      ifMatch: ETAG,
      body: policyWith({ currency: 'EUR' }),
      status: 409,
      code: 'base_currency_fixed',
    },
  ])('is refused with $what: $status $code', async ({ ifMatch, body, status, code }) => {
    expect(await put(body, ifMatch)).toMatchObject({ status, body: { code } });
    expect((await get()).etag).toBe(ETAG);
    expect((await list()).body.items).toHaveLength(1);
  });

  it('says everything that is wrong at once', async () => {
    const policy = policyWith({ 'points.purchaseRate': -1, 'tiers.steps.2.threshold': 5, currency: 'XAU' });
    const { body } = await put({ policy, extra: 1 });
    expect(
      (body.errors as { path: string; code: string; message: string }[]).map(({ path, code }) => [path, code]),
    ).toEqual([
      ['extra', 'unknown_field'],
      ['policy.points.purchaseRate', 'too_small'],
      ['policy.tiers.steps[2].threshold', 'thresholds_fall'],
      ['policy.currencies.XAU', 'unknown_currency'],
    ]);
  });

  it.each(['members:read', 'members:write', 'desk', 'member', 'member admin'])('is not for %s', async (scope) => {
    expect((await put(policyWith({ version: '2' }), ETAG, { sub: 's', scope })).status).toBe(403);
  });
});

describe('GET /v1/policy/versions', () => {
  async function putSeveral(count: number): Promise<void> {
    let { etag } = await get();
    for (let n = 2; n < count + 2; n += 1) {
      setClock(() => at(`2026-02-0${n}`));
      const body = { policy: policyWith({ version: `v${n}` }), ...(n === 2 ? { reason: 'Spring' } : {}) };
      ({ etag } = await put(body, etag, n === 3 ? { scope: 'admin' } : ADMIN));
    }
  }

  it('lists every policy, newest first, with who put it, when and why', async () => {
    await putSeveral(2);
    const { status, body } = await list();
    expect(status).toBe(200);
    expect(z.parse(policyVersionsAnswer, body)).toEqual(body);
    expect(body).toEqual({
      items: [
        {
          number: 3,
          version: policyOf({ version: 'v3' }).stamp,
          since: '2026-02-03T00:00:00.001Z',
          putAt: '2026-02-03T00:00:00.000Z',
        },
        {
          number: 2,
          version: policyOf({ version: 'v2' }).stamp,
          since: '2026-02-02T00:00:00.001Z',
          putAt: '2026-02-02T00:00:00.000Z',
          by: 'ops',
          reason: 'Spring',
        },
        { number: 1, version: currentPolicy.stamp, putAt: '2026-02-02T00:00:00.000Z', reason: expect.any(String) },
      ],
    });
  });

  it('goes on where the page before ended', async () => {
    await putSeveral(4);
    const numbers: unknown[] = [];
    let cursor: string | undefined;
    do {
      const { body } = await list({ limit: '2', ...(cursor === undefined ? {} : { cursor }) });
      numbers.push(...(body.items as { number: number }[]).map(({ number }) => number));
      cursor = body.nextCursor as string | undefined;
    } while (cursor !== undefined);
    expect(numbers).toEqual([5, 4, 3, 2, 1]);
  });

  it('is the one of the release where none was put', async () => {
    expect((await list()).body).toEqual({ items: [{ number: 1, version: currentPolicy.stamp }] });
  });

  it.each([
    { what: 'no cursor of ours', query: { cursor: 'bm8' }, code: 'invalid_cursor' },
    { what: 'a cursor below the first', query: { cursor: encodeCursor({ below: 0 }) }, code: 'invalid_cursor' },
    { what: 'limit 0', query: { limit: '0' }, code: 'invalid_request' },
  ])('takes not $what', async ({ query, code }) => {
    expect(await list(query as Record<string, string>)).toMatchObject({ status: 400, body: { code } });
  });

  it.each([
    { claims: { sub: 's', scope: 'members:read' }, status: 403 },
    { claims: undefined, status: 401 },
  ])('answers $status to $claims.scope', async ({ claims, status }) => {
    expect((await list({}, { claims })).status).toBe(status);
  });
});
