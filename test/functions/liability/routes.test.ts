import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { daysAnswer, runsAnswer } from '../../../functions/liability/answers.ts';
import { routes } from '../../../functions/liability/routes.ts';
import { type LiabilityStore, liabilityStore } from '../../../shared/adapters/dynamo/liability-store.ts';
import { policyStore } from '../../../shared/adapters/dynamo/policy-store.ts';
import { policyVersions } from '../../../shared/adapters/dynamo/policy-versions.ts';
import { type DayRow, dayAfter } from '../../../shared/domain/liability/day-rows.ts';
import type { RevisionCause } from '../../../shared/domain/liability/revise.ts';
import type { RunRecord } from '../../../shared/domain/liability/run.ts';
import { decidePutPolicy, etagOf } from '../../../shared/domain/policy/put-policy.ts';
import { always } from '../../../shared/policy/policies.ts';
import { currentPolicy, documentOf } from '../../../shared/policy/policy.ts';
import { setClock } from '../../../shared/runtime/clock.ts';
import { httpHandler } from '../../../shared/runtime/http-handler.ts';
import { encodeCursor } from '../../../shared/runtime/list.ts';
import { type Dynoxide, startDynoxide } from '../../support/dynoxide.ts';
import { httpEvent, lambdaContext, lineCollector, type RequestParts } from '../../support/lambda.ts';
import { policyOf } from '../../support/policies.ts';
import { at } from '../../support/shop-story.ts';

let dynoxide: Dynoxide;
let table: string;
let store: LiabilityStore;

beforeAll(async () => {
  dynoxide = await startDynoxide();
});
afterAll(() => dynoxide.stop());
beforeEach(async () => {
  table = (await dynoxide.createTables()).profile;
  store = liabilityStore(dynoxide.client, table);
  setClock(() => at('2026-02-01'));
});
afterEach(() => setClock(Date.now));

const ADMIN = { sub: 'books', scope: 'admin' };

async function ask(routeKey: string, parts: RequestParts = {}) {
  const open = () => ({
    liability: store,
    policies: policyStore(dynoxide.client, table),
    write: lineCollector().write,
  });
  const handler = httpHandler(routes, open);
  const answer = await handler(httpEvent(routeKey, { claims: ADMIN, ...parts }), lambdaContext());
  return { status: answer.statusCode, body: JSON.parse(answer.body) as Record<string, unknown> };
}

const days = (query: Record<string, string> = {}, parts: RequestParts = {}) =>
  ask('GET /v1/liability', { query, ...parts });
const revisions = (day: string, query: Record<string, string> = {}) =>
  ask('GET /v1/liability/{day}', { path: { day }, query });
const runs = (query: Record<string, string> = {}) => ask('GET /v1/liability/runs', { query });
const items = ({ body }: { body: Record<string, unknown> }) => body.items as Record<string, unknown>[];

function rowOf(day: string, points = 1_250): DayRow {
  return {
    day,
    issued: points,
    released: 0,
    redeemed: 0,
    reversed: 0,
    expired: 0,
    debtIncurred: 0,
    debtRepaid: 0,
    postings: [
      { movement: 'earn', account: 'available', points },
      { movement: 'earn', account: 'issued', points: -points },
    ],
    opening: { pending: 0, available: 0, debt: 0 },
    closing: { pending: 99, available: points, debt: 150, lots: [{ month: '2027-01', points }] },
  };
}

async function keep(day: string, revision = 1, because: RevisionCause = 'closed', points?: number): Promise<void> {
  const atMs = at(dayAfter(day, revision));
  const before = await store.loadDay(day);
  await store.saveRevisions([{ revision: { revision, atMs, because, row: rowOf(day, points) }, before }]);
}

describe('GET /v1/liability', () => {
  beforeEach(async () => {
    for (let day = '2026-01-05'; day <= '2026-01-09'; day = dayAfter(day, 1)) await keep(day);
    await keep('2026-01-07', 2, 'corrected', 2_000);
  });

  it('lists the days that have ended, newest first, each as it is known now, with what is outstanding in money', async () => {
    const answer = await days({ from: '2026-01-06', to: '2026-01-08' });
    expect(answer.status).toBe(200);
    expect(z.parse(daysAnswer, answer.body)).toEqual(answer.body);
    expect(items(answer).map(({ day, revision }) => [day, revision])).toEqual([
      ['2026-01-08', 1],
      ['2026-01-07', 2],
      ['2026-01-06', 1],
    ]);
    expect(answer.body).not.toHaveProperty('nextCursor');
    expect(items(answer)[0]).toEqual({
      day: '2026-01-08',
      revision: 1,
      recordedAt: '2026-01-09T00:00:00.000Z',
      because: 'closed',
      issued: 1_250,
      released: 0,
      redeemed: 0,
      reversed: 0,
      expired: 0,
      debtIncurred: 0,
      debtRepaid: 0,
      postings: rowOf('2026-01-08').postings,
      opening: { pending: 0, available: 0, debt: 0 },
      outstanding: { pending: 99, available: 1_250, debt: 150, lots: [{ month: '2027-01', points: 1_250 }] },
      value: { currency: currentPolicy.currency, pending: 99, available: 1_250, debt: 150, total: 1_199 },
    });
  });

  it('values each day by the policy of that day', async () => {
    const put = {
      document: documentOf(policyOf({ 'points.redemption.pointsPerCurrencyUnit': 50, version: 'half' })),
      ifMatch: etagOf(currentPolicy),
      atMs: at('2026-01-08T12:00:00Z'),
      by: 'ops',
      reason: 'test',
    };
    const before = always(currentPolicy);
    const decision = decidePutPolicy(before, put);
    if (decision.kind !== 'write') throw new Error(JSON.stringify(decision));
    await policyVersions(dynoxide.client, table).save(decision.policies, decision.added);
    const answer = await days();
    expect(items(answer).map(({ value }) => (value as { pending: number }).pending)).toEqual([198, 198, 99, 99, 99]);
  });

  it('goes on where the page before ended', async () => {
    const found: unknown[] = [];
    let cursor: string | undefined;
    do {
      const answer = await days({ limit: '2', from: '2026-01-06', ...(cursor && { cursor }) });
      found.push(...items(answer).map(({ day }) => day));
      cursor = answer.body.nextCursor as string | undefined;
    } while (cursor !== undefined);
    expect(found).toEqual(['2026-01-09', '2026-01-08', '2026-01-07', '2026-01-06']);
  });

  it('is empty where nothing has been closed', async () => {
    expect((await days({ from: '2026-02-01' })).body).toEqual({ items: [] });
  });

  it.each([
    { query: { from: '2026-13-01' }, path: 'query.from' },
    { query: { from: '2026-02-30' }, path: 'query.from' },
    { query: { to: 'yesterday' }, path: 'query.to' },
    { query: { to: '2026-01-05T00:00:00Z' }, path: 'query.to' },
    { query: { from: '2026-01-06', to: '2026-01-05' }, path: 'query.from' },
    { query: { limit: '101' }, path: 'query.limit' },
  ])('takes not $query', async ({ query, path }) => {
    expect(await days(query as Record<string, string>)).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', errors: [{ path }] },
    });
  });

  it.each(['bm8', encodeCursor({ before: 'soon' })])('takes not the cursor %s', async (cursor) => {
    expect(await days({ cursor })).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } });
  });

  it.each([
    { claims: { sub: 's', scope: 'members:read' }, status: 403 },
    { claims: { sub: 's', scope: 'desk' }, status: 403 },
    { claims: { sub: 'ann', scope: 'member' }, status: 403 },
    { claims: undefined, status: 401 },
  ])('answers $status to $claims.scope', async ({ claims, status }) => {
    expect((await days({}, { claims })).status).toBe(status);
    expect((await ask('GET /v1/liability/{day}', { path: { day: '2026-01-05' }, claims })).status).toBe(status);
    expect((await ask('GET /v1/liability/runs', { claims })).status).toBe(status);
  });
});

describe('GET /v1/liability/{day}', () => {
  it('is every revision of the day, newest first, with when and why', async () => {
    await keep('2026-01-05');
    await keep('2026-01-05', 2, 'corrected', 1_300);
    await keep('2026-01-05', 3, 'carried', 1_300);
    await keep('2026-01-06');
    const answer = await revisions('2026-01-05');
    expect(z.parse(daysAnswer, answer.body)).toEqual(answer.body);
    expect(
      items(answer).map(({ revision, because, recordedAt, issued }) => [revision, because, recordedAt, issued]),
    ).toEqual([
      [3, 'carried', '2026-01-08T00:00:00.000Z', 1_300],
      [2, 'corrected', '2026-01-07T00:00:00.000Z', 1_300],
      [1, 'closed', '2026-01-06T00:00:00.000Z', 1_250],
    ]);
    const first = await revisions('2026-01-05', { limit: '2' });
    expect(items(first).map(({ revision }) => revision)).toEqual([3, 2]);
    const second = await revisions('2026-01-05', { limit: '2', cursor: String(first.body.nextCursor) });
    expect(items(second).map(({ revision }) => revision)).toEqual([1]);
    expect(second.body).not.toHaveProperty('nextCursor');
  });

  it('is not there for a day without a row', async () => {
    expect(await revisions('2026-01-05')).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it.each(['2026-1-5', 'today', '2026-02-29'])('takes not %s', async (day) => {
    expect(await revisions(day)).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', errors: [{ path: 'path.day' }] },
    });
  });
});

describe('GET /v1/liability/runs', () => {
  const outstanding = { pending: 1, available: 2, debt: 0, lots: [{ month: '2027-01', points: 2 }] };
  const run = (time: string): RunRecord => ({
    atMs: at(time),
    closedDay: '2026-01-05',
    members: 2,
    entries: 9,
    folded: 1,
    unsettled: 0,
    written: { closed: 1, corrected: 0, carried: 0 },
    journal: outstanding,
    accounts: outstanding,
    drift: {
      count: 1,
      listed: [
        {
          memberId: 'ann',
          disagree: ['available'],
          account: { pending: 1, available: 2, debt: 0 },
          journal: { pending: 1, available: 3, debt: 0 },
          facts: { pending: 1, available: 3, debt: 0 },
        },
      ],
    },
    unbalancedDays: [],
  });

  it('says how journal and accounts compared, newest first, and which accounts drift', async () => {
    for (const time of ['2026-01-06', '2026-01-07', '2026-01-08']) await store.saveRun(run(time));
    const answer = await runs({ limit: '2' });
    expect(z.parse(runsAnswer, answer.body)).toEqual(answer.body);
    expect(items(answer).map((it) => it.at)).toEqual(['2026-01-08T00:00:00.000Z', '2026-01-07T00:00:00.000Z']);
    expect(items(answer)[0]).toMatchObject({ drift: { accounts: 1, listed: [{ memberId: 'ann' }] } });
    const rest = await runs({ limit: '2', cursor: String(answer.body.nextCursor) });
    expect(items(rest).map((it) => it.at)).toEqual(['2026-01-06T00:00:00.000Z']);
    expect(rest.body).not.toHaveProperty('nextCursor');
  });
});
