import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { backtestAnswer } from '../../../functions/backtest/answers.ts';
import { routes } from '../../../functions/backtest/routes.ts';
import { policyStore } from '../../../shared/adapters/dynamo/policy-store.ts';
import { profileStore } from '../../../shared/adapters/dynamo/profile-store.ts';
import { recordedStore } from '../../../shared/adapters/dynamo/recorded-store.ts';
import { BACKTEST_LIMITS } from '../../../shared/domain/backtest/recorded.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { setClock } from '../../../shared/runtime/clock.ts';
import { httpHandler } from '../../../shared/runtime/http-handler.ts';
import { book } from '../../support/book.ts';
import { type Dynoxide, startDynoxide } from '../../support/dynoxide.ts';
import { httpEvent, lambdaContext, lineCollector } from '../../support/lambda.ts';
import { policyWith } from '../../support/policies.ts';
import { at, completed, placed } from '../../support/shop-story.ts';

const ADMIN = { sub: 'ops', scope: 'admin' };

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

const tell = () => book(profileStore(dynoxide.client, table), [placed('2026-01-05'), completed('2026-01-06')]);

async function ask(body: unknown, parts: { claims?: Record<string, unknown> | undefined; orders?: number } = {}) {
  const { claims, orders = 10 } = { claims: ADMIN, ...parts };
  const handler = httpHandler(routes, () => ({
    policies: policyStore(dynoxide.client, table),
    recorded: recordedStore(dynoxide.client, table),
    limits: { ...BACKTEST_LIMITS, orders },
    write: lineCollector().write,
  }));
  const headers = { 'content-type': 'application/json' };
  const event = httpEvent('POST /v1/policy/backtests', { headers, body: JSON.stringify(body), claims });
  const answer = await handler(event, lambdaContext());
  return { status: answer.statusCode, body: JSON.parse(answer.body) as Record<string, unknown> };
}

const double = policyWith({ 'points.purchaseRate': 2 });

describe('POST /v1/policy/backtests', () => {
  it('compares the draft with the policy in force over all that was recorded, up to now', async () => {
    await tell();
    const { status, body } = await ask({ policy: double });
    expect(status).toBe(200);
    expect(z.parse(backtestAnswer, body)).toEqual(body);
    expect(body).toMatchObject({
      to: '2026-02-01T00:00:00.000Z',
      current: { policyVersion: currentPolicy.stamp, orders: 1, points: { issued: 100 } },
      draft: { orders: 1, points: { issued: 200 }, liability: { available: 200 } },
      gainMost: [{ memberId: 'ann', difference: 100 }],
    });
  });

  it('looks at the time it is told', async () => {
    await tell();
    const span = { from: '2026-01-06T00:00:00Z', to: '2026-01-07T00:00:00+00:00' };
    expect((await ask({ policy: double, ...span })).body).toMatchObject({
      from: '2026-01-06T00:00:00.000Z',
      to: '2026-01-07T00:00:00.000Z',
      current: { orders: 0, liability: { pending: 100 } },
      draft: { orders: 0, liability: { pending: 100 } },
    });
  });

  it('changes nothing', async () => {
    await tell();
    const before = await recordedStore(dynoxide.client, table).load(BACKTEST_LIMITS);
    await ask({ policy: double });
    expect(await recordedStore(dynoxide.client, table).load(BACKTEST_LIMITS)).toEqual(before);
  });

  it.each([
    { what: 'nothing', body: {}, status: 400, code: 'invalid_request' },
    { what: 'a policy that is none', body: { policy: 7 }, status: 400, code: 'invalid_policy' },
    {
      what: 'overlapping tiers',
      body: { policy: policyWith({ 'tiers.steps.2.threshold': 100_000 }) },
      status: 400,
      code: 'invalid_policy',
    },
    {
      what: 'a field there is none of',
      body: { policy: double, until: '2026-01-01T00:00:00Z' },
      status: 400,
      code: 'invalid_request',
    },
    {
      what: 'a day for an instant',
      body: { policy: double, from: '2026-01-01' },
      status: 400,
      code: 'invalid_request',
    },
    {
      what: 'an end before the beginning',
      body: { policy: double, from: '2026-01-02T00:00:00Z', to: '2026-01-02T00:00:00Z' },
      status: 400,
      code: 'invalid_request',
    },
    {
      what: 'another base currency',
      body: { policy: policyWith({ currency: 'EUR' }) },
      status: 409,
      code: 'base_currency_fixed',
    },
    {
      what: 'a time in which nothing happened',
      body: { policy: double, to: '2026-01-01T00:00:00Z' },
      status: 409,
      code: 'nothing_to_replay',
    },
    {
      what: 'more orders than it replays',
      body: { policy: double },
      orders: 0,
      status: 413,
      code: 'too_much_to_replay',
    },
  ])('is refused with $what: $status $code', async ({ body, orders, status, code }) => {
    await tell();
    expect(await ask(body, orders === undefined ? {} : { orders })).toMatchObject({ status, body: { code } });
  });

  it('has nothing to replay in a shop where nothing has happened', async () => {
    expect(await ask({ policy: double })).toMatchObject({ status: 409, body: { code: 'nothing_to_replay' } });
  });

  it('says all that is wrong with the draft, where it stands', async () => {
    const policy = policyWith({ 'points.purchaseRate': -1, 'tiers.steps.2.threshold': 5 });
    const { body } = await ask({ policy });
    expect((body.errors as { path: string }[]).map(({ path }) => path)).toEqual([
      'policy.points.purchaseRate',
      'policy.tiers.steps[2].threshold',
    ]);
  });

  it.each([
    { claims: { sub: 's', scope: 'members:read desk' }, status: 403 },
    { claims: { sub: 'ann', scope: 'member admin' }, status: 403 },
    { claims: undefined, status: 401 },
  ])('answers $status to $claims.scope', async ({ claims, status }) => {
    expect((await ask({ policy: double }, { claims })).status).toBe(status);
  });
});
