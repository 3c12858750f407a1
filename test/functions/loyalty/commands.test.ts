import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { adjustmentAnswer, redemptionAnswer, releaseAnswer } from '../../../functions/loyalty/command-answers.ts';
import { redeem } from '../../../functions/loyalty/redeem.ts';
import { routes } from '../../../functions/loyalty/routes.ts';
import { WriteConflict } from '../../../shared/adapters/dynamo/profile-records.ts';
import { type ProfileStore, profileStore } from '../../../shared/adapters/dynamo/profile-store.ts';
import type { WordsStore } from '../../../shared/adapters/vault/words.ts';
import { canonicalJson } from '../../../shared/domain/intake/content-hash.ts';
import { availablePoints } from '../../../shared/domain/loyalty/account.ts';
import { isEntry } from '../../../shared/domain/loyalty/entries.ts';
import { always } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { setClock } from '../../../shared/runtime/clock.ts';
import { httpHandler } from '../../../shared/runtime/http-handler.ts';
import { inTurn } from '../../../shared/runtime/in-turn.ts';
import { book } from '../../support/book.ts';
import { type Dynoxide, LOCAL_CREDENTIALS, LOCAL_REGION, startDynoxide } from '../../support/dynoxide.ts';
import { httpEvent, lambdaContext, lineCollector } from '../../support/lambda.ts';
import { testVault } from '../../support/open-vault.ts';
import { readProfile, scanTable } from '../../support/profile-table.ts';
import { at, completed, placed } from '../../support/shop-story.ts';
import { tableText } from '../../support/table-text.ts';

let dynoxide: Dynoxide;
let table: string;
let profile: ProfileStore;
let words: WordsStore;
beforeAll(async () => {
  dynoxide = await startDynoxide();
});
beforeEach(async () => {
  const tables = await dynoxide.createTables();
  table = tables.profile;
  ({ words } = testVault(dynoxide.client, tables.vault));
  profile = profileStore(dynoxide.client, table);
  await book(profile, [placed('2026-01-05', { total: 100_000 }), completed('2026-01-06')]);
  setClock(() => at('2026-02-01'));
});
afterEach(() => setClock(Date.now));
afterAll(() => dynoxide.stop());

const JSON_BODY = { 'content-type': 'application/json' };
const policies = { load: async () => always(currentPolicy) };
const SHOP = { sub: 'storefront', scope: 'members:write' };
const DESK = { sub: 'eva', scope: 'desk' };
const ANN = { sub: 'ann', scope: 'member' };

type Parts = { path?: Record<string, string>; body?: unknown; claims?: Record<string, unknown> };

async function post(path: string, { body, ...parts }: Parts, store: ProfileStore = profile) {
  const stores = { profile: store, words, policies, turn: inTurn(), write: lineCollector().write };
  const handler = httpHandler(routes, () => stores);
  const text = body === undefined ? {} : { body: JSON.stringify(body), headers: JSON_BODY };
  const answer = await handler(httpEvent(`POST ${path}`, { ...parts, ...text }), lambdaContext());
  return {
    status: answer.statusCode,
    headers: answer.headers,
    body: JSON.parse(answer.body) as Record<string, unknown>,
  };
}

const redemption = (body: unknown, claims: Record<string, unknown> = SHOP, id = 'ann') =>
  post('/v1/members/{id}/redemptions', { path: { id }, body, claims });
const contents = async () => canonicalJson(await scanTable(dynoxide.endpoint, table));

describe('POST /v1/members/{id}/redemptions', () => {
  it('takes points and answers 201, again and again the same', async () => {
    const first = await redemption({ redemptionId: 'red-1', points: 300 });
    expect(first.status).toBe(201);
    expect(z.parse(redemptionAnswer, first.body)).toEqual(first.body);
    expect(first.body.balance).toEqual({ available: 700, pending: 0, debt: 0 });
    const before = await contents();
    expect((await redemption({ redemptionId: 'red-1', points: 300 })).body).toEqual(first.body);
    expect(await contents()).toBe(before);
  });

  it('is open to the member too', async () => {
    expect((await redemption({ redemptionId: 'red-1', points: 1 }, ANN)).status).toBe(201);
  });

  it.each([
    { what: 'no points', body: { redemptionId: 'r', points: 0 }, status: 400, code: 'invalid_request' },
    { what: 'fewer than none', body: { redemptionId: 'r', points: -5 }, status: 400, code: 'invalid_request' },
    { what: 'half a point', body: { redemptionId: 'r', points: 1.5 }, status: 400, code: 'invalid_request' },
    { what: 'points as text', body: { redemptionId: 'r', points: '5' }, status: 400, code: 'invalid_request' },
    { what: 'no id', body: { points: 5 }, status: 400, code: 'invalid_request' },
    { what: 'an id that is none', body: { redemptionId: 'a b', points: 5 }, status: 400, code: 'invalid_request' },
    {
      what: 'a field that there is none of',
      body: { redemptionId: 'r', points: 5, force: true },
      status: 400,
      code: 'invalid_request',
    },
    {
      what: 'more than there is',
      body: { redemptionId: 'r', points: 1_001 },
      status: 409,
      code: 'insufficient_points',
    },
    {
      what: 'more than one may take',
      body: { redemptionId: 'r', points: 1_000_001 },
      status: 409,
      code: 'redemption_too_large',
    },
  ])('$status $code for $what, and nothing is written', async ({ body, status, code }) => {
    const before = await contents();
    expect(await redemption(body)).toMatchObject({ status, body: { code } });
    expect(await contents()).toBe(before);
  });

  it.each([
    { who: 'another member', claims: { sub: 'bob', scope: 'member' }, status: 403 },
    { who: 'a service that may only read', claims: { sub: 's', scope: 'members:read' }, status: 403 },
  ])('is refused to $who', async ({ claims, status }) => {
    const before = await contents();
    expect((await redemption({ redemptionId: 'r', points: 5 }, claims)).status).toBe(status);
    expect(await contents()).toBe(before);
  });

  it('knows no member of whom the shop has not heard', async () => {
    expect(await redemption({ redemptionId: 'r', points: 5 }, SHOP, 'eve')).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    });
  });

  it('asks for patience where others keep writing, and then nothing has changed', async () => {
    const busy = { ...profile, save: () => Promise.reject(new WriteConflict(new Error('busy'))) };
    const before = await contents();
    const parts = { path: { id: 'ann' }, body: { redemptionId: 'r', points: 5 }, claims: SHOP };
    const answer = await post('/v1/members/{id}/redemptions', parts, busy);
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' }, headers: { 'retry-after': '1' } });
    expect(await contents()).toBe(before);
  });
});

describe('500 redemptions of one member at once', () => {
  it('never take more than there is, and those accepted are exactly what is gone', { timeout: 120_000 }, async () => {
    // Requests that wait for one of few connections may wait longer than a function would.
    const { endpoint } = dynoxide;
    const requestHandler = { httpAgent: { keepAlive: true, maxSockets: 32 } };
    const patient = new DynamoDBClient({
      endpoint,
      region: LOCAL_REGION,
      credentials: LOCAL_CREDENTIALS,
      requestHandler,
    });
    const around = { profile: profileStore(patient, table), policies: always(currentPolicy), nowMs: at('2026-02-01') };
    const commands = Array.from({ length: 500 }, (_, n) => ({
      memberId: 'ann',
      redemptionId: `red-${n}`,
      points: 1 + (n % 13),
    }));
    // Nothing keeps them apart here but the conditions of the writes.
    const outcomes = await Promise.all(
      commands.map(async (command) => {
        try {
          return { command, outcome: await redeem(command, around) };
        } catch (error) {
          if (error instanceof WriteConflict) return { command, outcome: undefined };
          throw error;
        }
      }),
    );
    const accepted = outcomes.filter(({ outcome }) => outcome?.kind === 'done').map(({ command }) => command);
    const spent = accepted.reduce((sum, { points }) => sum + points, 0);
    const { accounts, journals } = await readProfile(dynoxide.endpoint, table);
    const account = accounts.get('ann')?.account;
    patient.destroy();
    expect(accepted.length).toBeGreaterThan(0);
    expect(spent).toBeLessThanOrEqual(1_000);
    expect(account && availablePoints(account)).toBe(1_000 - spent);
    const entries = (journals.get('ann') ?? []).filter(isEntry).filter(({ kind }) => kind === 'redeem');
    expect(entries.map(({ eventId }) => eventId).sort()).toEqual(accepted.map((it) => it.redemptionId).sort());
  });

  it('are all decided where one function takes them: what is left is less than the smallest refused', {
    timeout: 120_000,
  }, async () => {
    const stores = { profile, words, policies, turn: inTurn(), write: lineCollector().write };
    const handler = httpHandler(routes, () => stores);
    const answers = await Promise.all(
      Array.from({ length: 500 }, async (_, n) => {
        const body = JSON.stringify({ redemptionId: `red-${n}`, points: 7 });
        const parts = { path: { id: 'ann' }, body, claims: SHOP, headers: JSON_BODY };
        const event = httpEvent('POST /v1/members/{id}/redemptions', parts);
        return (await handler(event, lambdaContext())).statusCode;
      }),
    );
    expect(answers.filter((status) => status === 201)).toHaveLength(142);
    expect(answers.filter((status) => status === 409)).toHaveLength(358);
  });
});

describe('POST /v1/members/{id}/redemptions/{redemptionId}/release', () => {
  const release = (redemptionId: string, claims: Record<string, unknown> = SHOP) =>
    post('/v1/members/{id}/redemptions/{redemptionId}/release', { path: { id: 'ann', redemptionId }, claims });

  it('gives back what an abandoned checkout held', async () => {
    await redemption({ redemptionId: 'red-1', points: 300, orderId: 'ord-2' });
    const answer = await release('red-1');
    expect(answer.status).toBe(200);
    expect(z.parse(releaseAnswer, answer.body)).toEqual(answer.body);
    expect(answer.body).toMatchObject({ released: 300, balance: { available: 1_000 } });
    expect((await release('red-1')).body).toEqual(answer.body);
  });

  it('is refused once the order is placed, to the member, and where there is no such redemption', async () => {
    await redemption({ redemptionId: 'red-1', points: 300 });
    await book(profile, [placed('2026-03-01', { orderId: 'ord-2', redemptionId: 'red-1' })]);
    expect(await release('red-1')).toMatchObject({ status: 409, body: { code: 'redemption_in_use' } });
    expect((await release('red-1', ANN)).status).toBe(403);
    expect(await release('red-9')).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });
});

describe('POST /v1/members/{id}/adjustments', () => {
  const adjustment = (body: unknown, claims: Record<string, unknown> = DESK, id = 'ann') =>
    post('/v1/members/{id}/adjustments', { path: { id }, body, claims });

  it('gives or takes with a reason', async () => {
    const answer = await adjustment({ adjustmentId: 'adj-1', points: 50, reason: 'sorry' });
    expect(answer.status).toBe(201);
    expect(z.parse(adjustmentAnswer, answer.body)).toEqual(answer.body);
    expect(answer.body).toMatchObject({ points: 50, reason: 'sorry', balance: { available: 1_050 } });
    expect(await adjustment({ adjustmentId: 'adj-1', points: 50, reason: 'sorry' })).toEqual(answer);
    const handler = httpHandler(routes, () => ({
      profile,
      words,
      policies,
      turn: inTurn(),
      write: lineCollector().write,
    }));
    const page = await handler(
      httpEvent('GET /v1/members/{id}/ledger', { path: { id: 'ann' }, claims: ANN }),
      lambdaContext(),
    );
    const { items } = JSON.parse(page.body) as { items: { rule: { arithmetic: string } }[] };
    expect(items[0]).toMatchObject({ kind: 'adjust', rule: { id: 'adjustment', arithmetic: 'sorry' } });
    expect(await tableText(dynoxide.endpoint, table)).not.toContain('sorry');
  });

  it.each([
    { what: 'nothing', body: { adjustmentId: 'a', points: 0, reason: 'x' }, code: 'invalid_request', status: 400 },
    { what: 'no reason', body: { adjustmentId: 'a', points: 5, reason: '' }, code: 'invalid_request', status: 400 },
    {
      what: 'more than may be given by hand',
      body: { adjustmentId: 'a', points: 1_000_001, reason: 'x' },
      code: 'invalid_request',
      status: 400,
    },
    {
      what: 'taking what is not there',
      body: { adjustmentId: 'a', points: -1_001, reason: 'x' },
      code: 'insufficient_points',
      status: 409,
    },
  ])('$status $code for $what', async ({ body, code, status }) => {
    expect(await adjustment(body)).toMatchObject({ status, body: { code } });
  });

  it('is refused to members and storefronts, and for members nobody knows', async () => {
    const body = { adjustmentId: 'a', points: 5, reason: 'x' };
    expect((await adjustment(body, ANN)).status).toBe(403);
    expect((await adjustment(body, SHOP)).status).toBe(403);
    expect((await adjustment(body, DESK, 'eve')).status).toBe(404);
    expect((await adjustment(body)).status).toBe(201);
    expect(await adjustment({ ...body, points: 6 })).toMatchObject({ status: 409, body: { code: 'id_reused' } });
  });
});
