import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRuntime, type Runtime } from '../../infra/local/runtime.ts';
import { policyWith } from '../support/policies.ts';
import { placed } from '../support/shop-story.ts';
import { openStorefront, type Storefront } from '../support/storefront.ts';

let runtime: Runtime;
let shop: Storefront;
let admin: string;

beforeAll(async () => {
  runtime = await createRuntime({ virtualClock: true });
  shop = await openStorefront(runtime);
  admin = await runtime.token({ scope: 'admin' });
});
afterAll(async () => {
  await runtime?.stop();
});

async function ask(method: string, path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${runtime.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, etag: response.headers.get('etag') ?? '', body: (await response.json()) as object };
}

/** What an order of 100.00 has earned, and under which policy. */
async function earned(orderId: string): Promise<unknown> {
  const { body } = await shop.get('/v1/members/ann/ledger?limit=100');
  const lines = body.items as unknown as {
    points: number;
    cause: { subject: string };
    rule: { policyVersion: string };
  }[];
  return lines.filter(({ cause }) => cause.subject === orderId).map(({ points, rule }) => [points, rule.policyVersion]);
}

test('a policy that is put counts from then on, also for facts that come late', async () => {
  await shop.send(placed('2026-01-05T00:00:00Z', { orderId: 'before' }));
  await runtime.settle();
  const release = await shop.get('/v1/policy');
  const tag = `"${release.body.version}"`;
  const policy = policyWith({
    version: 'double',
    'points.purchaseRate': 2,
    'currencies.JPY': { rate: 0.05, digits: 0 },
  });

  const put = await ask('PUT', '/v1/policy', { policy, reason: 'Spring' }, { 'if-match': tag });
  expect(put).toMatchObject({ status: 200, body: { number: 2, since: expect.stringMatching(/^2026-01-05T/) } });
  expect(await ask('PUT', '/v1/policy', policyWith({ version: 'other' }), { 'if-match': tag })).toMatchObject({
    status: 412,
    body: { code: 'precondition_failed' },
  });

  const inYen = { currency: 'JPY', total: 2_000 };
  const answer = await shop.send(
    placed('2026-01-10', { orderId: 'after' }),
    placed('2026-01-04', { orderId: 'late' }),
    placed('2026-01-11', { orderId: 'yen', ...inYen }),
    placed('2026-01-03', { orderId: 'early-yen', ...inYen }),
  );
  expect(answer.body).toMatchObject({ rejected: [{ index: 3, problem: { code: 'unknown_currency' } }] });
  await runtime.settle();
  const stamp = put.etag.slice(1, -1);
  expect(await earned('before')).toEqual([[100, release.body.version]]);
  expect(await earned('late')).toEqual([[100, release.body.version]]);
  expect(await earned('after')).toEqual([[200, stamp]]);
  expect(await earned('yen')).toEqual([[200, stamp]]);
});

test('a draft is tried on what has happened, and nothing changes', async () => {
  const before = await shop.get('/v1/members/ann');
  const draft = policyWith({ version: 'draft', 'points.purchaseRate': 3, 'currencies.JPY': { rate: 0.05, digits: 0 } });
  const { status, body } = await ask('POST', '/v1/policy/backtests', { policy: draft });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    current: { orders: 4, members: 1, points: { issued: 800 } },
    draft: { orders: 4, members: 1, points: { issued: 1_200 } },
    gainMost: [{ memberId: 'ann', difference: 400 }],
  });
  expect(await shop.get('/v1/members/ann')).toEqual(before);
});
