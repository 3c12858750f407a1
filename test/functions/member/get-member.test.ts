import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { memberAnswer } from '../../../functions/member/answers.ts';
import { routes } from '../../../functions/member/routes.ts';
import type { MemberRecords, MemberStore } from '../../../shared/adapters/dynamo/member-store.ts';
import { always, type Policies } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { setClock } from '../../../shared/runtime/clock.ts';
import { httpHandler } from '../../../shared/runtime/http-handler.ts';
import { book } from '../../support/book.ts';
import { httpEvent, lambdaContext, lineCollector } from '../../support/lambda.ts';
import { memoryProfileStore } from '../../support/memory-profile-store.ts';
import { policyOf } from '../../support/policies.ts';
import { at, completed, placed } from '../../support/shop-story.ts';

let known: Map<string, MemberRecords>;
let inForce: Policies;

beforeEach(() => {
  known = new Map();
  inForce = always(currentPolicy);
  setClock(() => at('2026-02-01'));
});
afterEach(() => setClock(Date.now));

async function ask(id: string, claims: Record<string, unknown> | undefined = { sub: 's', scope: 'members:read' }) {
  const members: Pick<MemberStore, 'load'> = { load: async (memberId) => known.get(memberId) ?? {} };
  const policies = { load: async () => inForce };
  const handler = httpHandler(routes, () => ({ members, policies, write: lineCollector().write }));
  const answer = await handler(httpEvent('GET /v1/members/{id}', { path: { id }, claims }), lambdaContext());
  return { status: answer.statusCode, body: JSON.parse(answer.body) as Record<string, unknown> };
}

async function withOrder(): Promise<MemberRecords> {
  const profile = memoryProfileStore();
  await book(profile, [placed('2026-01-05'), completed('2026-01-06')]);
  const account = await profile.loadAccount('ann');
  return account === undefined ? {} : { account };
}

const said = <Value>(value: Value) => ({ value, atMs: at('2026-01-01'), eventId: 'e1' });
const registration = { memberId: 'ann', version: 1, registeredAtMs: at('2026-01-01'), marketing: said(true) };

describe('GET /v1/members/{id}', () => {
  it('is the member as of now, as the schema of the answer says', async () => {
    known.set('ann', {
      ...(await withOrder()),
      registration,
      person: { memberId: 'ann', version: 1, displayName: said('Ada') },
    });
    const { status, body } = await ask('ann');
    expect(status).toBe(200);
    expect(z.parse(memberAnswer, body)).toEqual(body);
    expect(body).toMatchObject({
      memberId: 'ann',
      displayName: 'Ada',
      tier: { id: 'basic', since: '2026-01-01T00:00:00.000Z' },
      points: { available: 100, pending: 0 },
      consents: { marketing: true, personalisation: false },
    });
    setClock(() => at('2026-01-10'));
    expect((await ask('ann')).body).toMatchObject({ points: { available: 0, pending: 100 } });
  });

  it('is judged by the policy that the shop has put', async () => {
    known.set('ann', await withOrder());
    const generous = policyOf({ 'tiers.steps.1.discountPercent': 7, 'tiers.steps.1.threshold': 5_000 });
    inForce = [...inForce, { fromMs: at('2026-01-20'), policy: generous }];
    expect((await ask('ann')).body).toMatchObject({ tier: { id: 'silver', discountPercent: 7 } });
    setClock(() => at('2026-01-19'));
    expect((await ask('ann')).body).toMatchObject({ tier: { id: 'basic', discountPercent: 0 } });
  });

  it.each([
    { what: 'orders alone', of: withOrder },
    { what: 'a registration alone', of: async () => ({ registration }) },
    { what: 'a name alone', of: async () => ({ person: { memberId: 'ann', version: 1, displayName: said('Ada') } }) },
  ])('is there for a member of whom the shop knows $what', async ({ of }) => {
    known.set('ann', await of());
    const { status, body } = await ask('ann');
    expect(status).toBe(200);
    expect(z.parse(memberAnswer, body)).toEqual(body);
  });

  it('is 404 for a member nobody knows', async () => {
    expect(await ask('nobody')).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it.each([
    { what: 'the member', claims: { sub: 'ann', scope: 'member' }, status: 200 },
    { what: 'another member', claims: { sub: 'bob', scope: 'member' }, status: 403 },
    {
      what: 'another member with scopes of a service',
      claims: { sub: 'bob', scope: 'members:read member' },
      status: 403,
    },
    { what: 'a member token of nobody', claims: { scope: 'member' }, status: 401 },
    { what: 'a service without the scope', claims: { sub: 's', scope: 'events:write desk admin' }, status: 403 },
    { what: 'a token without scopes', claims: { sub: 's' }, status: 403 },
  ])('is for $what: $status', async ({ claims, status }) => {
    known.set('ann', await withOrder());
    expect((await ask('ann', claims)).status).toBe(status);
  });

  it('tells another member the same whether that member exists or not', async () => {
    known.set('ann', await withOrder());
    const bob = { sub: 'bob', scope: 'member' };
    const [there, notThere] = [await ask('ann', bob), await ask('nobody', bob)];
    expect({ ...there, body: { ...there.body, instance: '' } }).toEqual({
      ...notThere,
      body: { ...notThere.body, instance: '' },
    });
  });

  it.each(['ann@example.com', '+441234', 'x'.repeat(129), ''])('takes no id such as %s', async (id) => {
    expect(await ask(id)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });
});
