import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { scoreAnswer } from '../../functions/reputation/answers.ts';
import { createRuntime, type Runtime } from '../../infra/local/runtime.ts';
import { openStorefront, type Storefront } from '../support/storefront.ts';

type Published = { id: string; type: string; subject?: string; data: Record<string, unknown> };

let runtime: Runtime;
let shop: Storefront;
const tokens = new Map<string, string>();
const published: Published[] = [];

beforeAll(async () => {
  runtime = await createRuntime({
    virtualClock: true,
    onEvent: ({ detail }) => {
      published.push(detail as Published);
    },
  });
  shop = await openStorefront(runtime);
  // Whose token it is stands in its subject: three people at one desk.
  for (const member of ['carl', 'dora', 'emil']) tokens.set(member, await runtime.token({ scope: 'desk', member }));
});
afterAll(async () => {
  await runtime?.stop();
});

async function post(who: string, path: string, body: unknown) {
  const headers = { authorization: `Bearer ${tokens.get(who)}`, 'content-type': 'application/json' };
  const answer = await fetch(`${runtime.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

async function until(time: string): Promise<void> {
  runtime.clock.advanceTo(Date.parse(time));
  expect(await runtime.settle()).toEqual({ deadLetters: 0 });
}

const told = (sanctionId: string, type: string) =>
  published.filter((event) => event.type === type && event.data.sanctionId === sanctionId).map(({ data }) => data);
const stepsOf = (sanctionId: string) =>
  told(sanctionId, 'sanction.changed.v1').map(({ step, state, by }) => `${step} ${state} ${by}`);
const restrictionsOf = async (path: string) =>
  z.parse(scoreAnswer, (await shop.get(`${path}/reputation`)).body).restrictions;
const listed = async (state: string) =>
  (
    (await shop.get(`/v1/desk/sanctions?state=${state}`, tokens.get('carl'))).body.items as unknown as Record<
      string,
      unknown
    >[]
  ).map(({ sanctionId }) => sanctionId);

async function complain(complaintId: string, about: Record<string, string>): Promise<void> {
  const time = new Date(runtime.clock.nowMs()).toISOString();
  const data = { complaintId, memberId: 'ann', category: 'quality', ...about };
  await shop.send({ type: 'complaint.opened.v1', id: `${complaintId}:1`, time, data });
  await runtime.settle();
}

test('a brand is heard, restricted by a second person, and comes back by itself when the time is over', async () => {
  await until('2026-01-05T10:00:00Z');
  const notice = {
    sanctionId: 'san-1',
    brandId: 'hearth',
    kind: 'ranking',
    reason: 'upheld_complaints',
    causes: [{ type: 'complaint', id: 'cmp-1' }],
    text: 'Five pots broke.',
  };
  expect(await post('carl', '/v1/sanctions', notice)).toMatchObject({ status: 409, body: { code: 'unknown_cause' } });
  await complain('cmp-1', { brandId: 'hearth' });
  const noticed = await post('carl', '/v1/sanctions', notice);
  expect(noticed).toMatchObject({ status: 201, body: { state: 'noticed', answerBy: '2026-01-12T10:00:00.000Z' } });
  expect(await post('carl', '/v1/sanctions', notice)).toEqual(noticed);
  expect(await listed('open')).toEqual(['san-1']);
  expect(await listed('decidable')).toEqual([]);

  await until('2026-01-06T10:00:00Z');
  const path = '/v1/sanctions/san-1';
  const restrict = { verdict: 'restrict', until: '2026-02-05T10:30:00Z', reason: 'upheld_complaints' };
  expect(await post('dora', `${path}/decision`, restrict)).toMatchObject({
    status: 409,
    body: { code: 'answer_period_running' },
  });
  const answer = { actor: 'hearth-legal', text: 'They were dropped.' };
  expect(await post('carl', `${path}/answers`, answer)).toMatchObject({ status: 201, body: { state: 'answered' } });
  expect(await listed('decidable')).toEqual(['san-1']);
  expect(await post('carl', `${path}/decision`, restrict)).toMatchObject({
    status: 409,
    body: { code: 'same_person' },
  });
  const decided = await post('dora', `${path}/decision`, restrict);
  expect(decided).toMatchObject({
    status: 200,
    body: { state: 'restricted', verdict: 'restrict', appealBy: '2026-01-20T10:00:00.001Z' },
  });
  expect(await post('dora', `${path}/decision`, restrict)).toEqual(decided);
  await runtime.settle();
  expect(told('san-1', 'brand.restricted.v1')).toMatchObject([
    { brandId: 'hearth', kind: 'ranking', until: '2026-02-05T10:30:00.000Z', cause: { type: 'sanction.decision' } },
  ]);
  expect(await restrictionsOf('/v1/brands/hearth')).toMatchObject([
    { kind: 'ranking', state: 'in_force', until: '2026-02-05T10:30:00.000Z', sanctionId: 'san-1' },
  ]);
  expect(await listed('restricted')).toEqual(['san-1']);

  // What is in force goes by the clock, before the hour in which its end is told.
  await until('2026-02-05T10:29:59Z');
  expect(await restrictionsOf('/v1/brands/hearth')).toMatchObject([{ state: 'in_force' }]);
  expect(told('san-1', 'brand.reinstated.v1')).toEqual([]);
  await until('2026-02-05T10:30:00Z');
  expect(await restrictionsOf('/v1/brands/hearth')).toMatchObject([{ state: 'ended' }]);
  expect(await listed('restricted')).toEqual([]);
  await until('2026-02-05T12:00:00Z');
  await until('2026-03-05T12:00:00Z');
  expect(told('san-1', 'brand.reinstated.v1')).toMatchObject([
    { brandId: 'hearth', at: '2026-02-05T10:30:00.000Z', reason: 'end_date', cause: { type: 'sanction.clock' } },
  ]);
  expect(stepsOf('san-1')).toEqual([
    'notice noticed carl',
    'answer answered hearth-legal',
    'decision restricted dora',
    'end ended clock',
  ]);
  // What was written about it stays with the shop.
  expect(JSON.stringify(told('san-1', 'sanction.changed.v1'))).not.toMatch(/pots|dropped/);
  expect((await shop.get(path, tokens.get('emil'))).body.history).toMatchObject([
    { step: 'notice', by: 'carl', text: 'Five pots broke.' },
    { step: 'answer', by: 'hearth-legal', enteredBy: 'carl', text: 'They were dropped.' },
    { step: 'decision', by: 'dora', verdict: 'restrict' },
    { step: 'end', by: 'clock', at: '2026-02-05T10:30:00.000Z' },
  ]);
}, 60_000);

test('a supplier who says nothing is restricted once its time to answer is over, and is right on appeal', async () => {
  await until('2026-04-01T10:00:00Z');
  await complain('cmp-2', { supplierId: 's1' });
  const notice = {
    sanctionId: 'san-2',
    supplierId: 's1',
    kind: 'sales_limit',
    reason: 'counterfeit',
    causes: [{ type: 'complaint', id: 'cmp-2' }],
  };
  expect((await post('carl', '/v1/sanctions', notice)).status).toBe(201);
  await runtime.settle();
  await until('2026-04-08T12:00:00Z');
  expect(stepsOf('san-2')).toEqual(['notice noticed carl', 'answer_period_over unanswered clock']);
  const path = '/v1/sanctions/san-2';
  const restrict = { verdict: 'restrict', until: '2026-07-01T00:00:00Z', reason: 'no_answer' };
  expect((await post('dora', `${path}/decision`, restrict)).status).toBe(200);
  await until('2026-04-10T12:00:00Z');
  const appeal = { actor: 's1-owner', text: 'We were away.' };
  expect(await post('carl', `${path}/appeal`, appeal)).toMatchObject({ status: 200, body: { state: 'appealed' } });
  expect(await restrictionsOf('/v1/suppliers/s1')).toMatchObject([{ state: 'in_force' }]);
  expect(await listed('appealed')).toEqual(['san-2']);
  const lift = { verdict: 'lift', reason: 'new_evidence' };
  for (const who of ['carl', 'dora']) {
    expect(await post(who, `${path}/appeal-decision`, lift)).toMatchObject({
      status: 409,
      body: { code: 'same_person' },
    });
  }
  expect(await post('emil', `${path}/appeal-decision`, lift)).toMatchObject({
    status: 200,
    body: { state: 'lifted', restriction: { state: 'lifted' } },
  });
  await runtime.settle();
  expect(await restrictionsOf('/v1/suppliers/s1')).toMatchObject([{ kind: 'sales_limit', state: 'lifted' }]);
  expect(await listed('appealed')).toEqual([]);
  await until('2026-08-01T00:00:00Z');
  expect(told('san-2', 'brand.reinstated.v1')).toMatchObject([
    { supplierId: 's1', reason: 'new_evidence', cause: { type: 'sanction.appeal_decision' } },
  ]);
  expect(told('san-2', 'brand.restricted.v1')).toHaveLength(1);
  expect(stepsOf('san-2').slice(2)).toEqual([
    'decision restricted dora',
    'appeal appealed s1-owner',
    'appeal_decision lifted emil',
  ]);
}, 60_000);
