import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { complaintAnswer, receiptAnswer } from '../../../functions/complaint/answers.ts';
import { deskComplaintsAnswer } from '../../../functions/complaint/desk-answers.ts';
import { routes } from '../../../functions/complaint/routes.ts';
import { complaintStore } from '../../../shared/adapters/dynamo/complaint-store.ts';
import { WriteConflict } from '../../../shared/adapters/dynamo/profile-records.ts';
import type { WordsStore } from '../../../shared/adapters/vault/words.ts';
import { always } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { setClock } from '../../../shared/runtime/clock.ts';
import { httpHandler } from '../../../shared/runtime/http-handler.ts';
import { encodeCursor } from '../../../shared/runtime/list.ts';
import { type Dynoxide, startDynoxide } from '../../support/dynoxide.ts';
import { httpEvent, lambdaContext, lineCollector } from '../../support/lambda.ts';
import { testVault } from '../../support/open-vault.ts';

type Claims = Record<string, unknown> | null;
const DESK = { sub: 'desk-app', scope: 'desk' };
const SHOP = { sub: 'storefront', scope: 'events:write' };
const ANN = { sub: 'ann', scope: 'member' };
const BOB = { sub: 'bob', scope: 'member' };
const HOUR_MS = 3_600_000;
const START = Date.parse('2026-01-05T10:00:00Z');
const opening = { complaintId: 'c1', memberId: 'ann', productId: 'teapot', category: 'quality', text: 'Broken.' };

let dynoxide: Dynoxide;
let table: string;
let stores: {
  complaints: ReturnType<typeof complaintStore>;
  words: WordsStore;
  policies: { load: () => Promise<ReturnType<typeof always>> };
};
let lines: ReturnType<typeof lineCollector>;
let hours: number;

beforeAll(async () => {
  dynoxide = await startDynoxide();
});
beforeEach(async () => {
  const tables = await dynoxide.createTables();
  table = tables.profile;
  stores = {
    complaints: complaintStore(dynoxide.client, table),
    words: testVault(dynoxide.client, tables.vault).words,
    policies: { load: async () => always(currentPolicy) },
  };
  lines = lineCollector();
  hours = 0;
  setClock(() => START + hours * HOUR_MS);
});
afterEach(() => setClock(Date.now));
afterAll(() => dynoxide.stop());

async function ask(
  key: string,
  {
    body,
    claims,
    ...parts
  }: { path?: Record<string, string>; body?: unknown; query?: Record<string, string>; claims: Claims },
) {
  const handler = httpHandler(routes, () => ({ ...stores, write: lines.write }));
  const event = httpEvent(key, {
    ...parts,
    claims: claims ?? undefined,
    ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const answer = await handler(event, lambdaContext());
  return { status: answer.statusCode, body: JSON.parse(answer.body) as Record<string, unknown> };
}

const open = (body: Record<string, unknown> = {}, claims: Claims = ANN) =>
  ask('POST /v1/complaints', { body: { ...opening, ...body }, claims });
const act = (verb: string, body: unknown, claims: Claims = DESK, id = 'c1') =>
  ask(`POST /v1/complaints/{id}/${verb}`, { path: { id }, body, claims });
const see = (claims: Claims = ANN, id = 'c1') => ask('GET /v1/complaints/{id}', { path: { id }, claims });
const queue = (query: Record<string, string> = {}, claims: Claims = DESK) =>
  ask('GET /v1/desk/complaints', { query, claims });
const errorsOf = (body: Record<string, unknown>) =>
  (body.errors as { path: string; code: string }[]).map(({ path, code }) => `${path} ${code}`);

describe('POST /v1/complaints', () => {
  it('says by when the shop answers and decides, and the same again when it is sent again', async () => {
    const answer = await open();
    expect(answer).toMatchObject({
      status: 201,
      body: {
        complaintId: 'c1',
        state: 'open',
        target: { productId: 'teapot' },
        severity: 'normal',
        deadlines: { answerBy: '2026-01-06T10:00:00.000Z', decideBy: '2026-01-08T10:00:00.000Z' },
        history: [{ at: '2026-01-05T10:00:00.000Z', kind: 'opened', actor: 'ann', text: 'Broken.' }],
      },
    });
    z.parse(receiptAnswer, answer.body);
    await act('answers', { text: 'Sorry.' });
    hours = 90;
    expect(await open()).toEqual(answer);
  });

  it('takes one of a storefront for a member, with a wish', async () => {
    expect(await open({ wish: 'repair', severity: 'high' }, SHOP)).toMatchObject({
      status: 201,
      body: { wish: 'repair', severity: 'high', escalation: { level: 1, to: 'team_lead' } },
    });
  });

  it.each([
    { what: 'other content under the same id', body: { category: 'service' }, status: 409, code: 'id_reused' },
    { what: 'other words under the same id', body: { text: 'Torn.' }, status: 409, code: 'id_reused' },
  ])('refuses $what', async ({ body, status, code }) => {
    await open();
    expect(await open(body)).toMatchObject({ status, body: { code } });
  });

  it.each([
    { what: 'nothing that it is about', body: { productId: undefined }, errors: [' no_target'] },
    { what: 'no category that there is', body: { category: 'taste' }, errors: ['category invalid_value'] },
    { what: 'no severity that there is', body: { severity: 'mortal' }, errors: ['severity invalid_value'] },
    { what: 'no wish that there is', body: { wish: 'revenge' }, errors: ['wish invalid_value'] },
    { what: 'an empty text', body: { text: ' \n' }, errors: ['text empty_text'] },
    { what: 'a text of 100 KB', body: { text: 'x'.repeat(100_000) }, errors: ['text too_big'] },
    { what: 'control characters', body: { text: 'a\u0007b' }, errors: ['text control_character'] },
    { what: 'an e-mail address for an id', body: { complaintId: 'a@b.c' }, errors: ['complaintId invalid_format'] },
    { what: 'a field that there is none of', body: { colour: 'red' }, errors: ['colour unknown_field'] },
  ])('refuses $what', async ({ body, errors }) => {
    const answer = await open(body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    expect(errorsOf(answer.body)).toEqual(errors);
  });

  it.each([
    { what: 'another member', claims: BOB, status: 403 },
    { what: 'nobody', claims: null, status: 401 },
    { what: 'a service that may only read', claims: { sub: 'x', scope: 'members:read' }, status: 403 },
  ])('refuses $what', async ({ claims, status }) => {
    expect((await open({}, claims)).status).toBe(status);
  });

  it('keeps markup and every script as what they are: words', async () => {
    const text = '<script>alert(1)</script> 坏了 💔\n\tيا';
    await open({ text });
    expect((await see()).body.history).toMatchObject([{ text }]);
  });
});

describe('GET /v1/complaints/{id}', () => {
  it.each([
    { what: 'another member', claims: BOB, id: 'c1', status: 404 },
    { what: 'its member, of one that there is none of', claims: ANN, id: 'c2', status: 404 },
    { what: 'the desk, of one that there is none of', claims: DESK, id: 'c2', status: 404 },
    { what: 'another service', claims: SHOP, id: 'c1', status: 403 },
    { what: 'nobody', claims: null, id: 'c1', status: 401 },
  ])('is refused to $what', async ({ claims, id, status }) => {
    await open();
    expect((await see(claims, id)).status).toBe(status);
  });

  it('tells nobody whether there is one that is not theirs', async () => {
    await open();
    const strip = ({ body: { instance: _, ...rest } }: Awaited<ReturnType<typeof see>>) => rest;
    expect(strip(await see(BOB))).toEqual(strip(await see(BOB, 'none')));
  });

  it('shows a deadline that has passed as missed at once, with how far up it is', async () => {
    await open();
    hours = 24;
    const { body } = await see();
    z.parse(complaintAnswer, body);
    expect(body).toMatchObject({
      service: [
        { deadline: 'answer', by: '2026-01-06T10:00:00.000Z', status: 'missed' },
        { deadline: 'decision', status: 'pending' },
      ],
      escalation: { level: 1, to: 'team_lead', since: '2026-01-06T10:00:00.000Z' },
      history: [{ kind: 'opened' }, { kind: 'overdue', deadline: 'answer' }, { kind: 'escalated', level: 1 }],
    });
  });

  it('has suggestions for the desk alone', async () => {
    await open({ wish: 'repair' });
    expect((await see()).body).not.toHaveProperty('suggestions');
    const { body } = await see(DESK);
    z.parse(complaintAnswer, body);
    expect(body.suggestions).toMatchObject([
      { id: 'quality_repair', reason: 'category quality, wish repair' },
      { id: 'quality_refund' },
    ]);
  });
});

describe('what the desk does', () => {
  it('goes from the investigation to the answer and the decision, and to the rating of the member', async () => {
    await open();
    hours = 1;
    expect(await act('investigation', {})).toMatchObject({ status: 200, body: { state: 'investigating' } });
    hours = 2;
    expect(await act('answers', { actor: 'carl', text: 'Sorry.' })).toMatchObject({
      status: 201,
      body: { state: 'answered' },
    });
    hours = 3;
    const decision = {
      outcome: 'upheld',
      actor: 'carl',
      compensation: { amount: 900, note: 'For the trouble.' },
      reason: 'It leaks.',
    };
    const decided = await act('decision', decision);
    expect(decided).toMatchObject({
      status: 200,
      body: {
        state: 'decided',
        outcome: 'upheld',
        compensation: decision.compensation,
        closesAt: '2026-01-19T13:00:00.000Z',
      },
    });
    hours = 4;
    expect(await act('decision', decision)).toEqual(decided);
    expect(await act('rating', { satisfaction: 4 }, ANN)).toMatchObject({
      status: 200,
      body: { state: 'closed', satisfaction: 4 },
    });
    const { body } = await see();
    expect(body.history).toMatchObject([
      { kind: 'opened', cause: { type: 'complaint.opening', subject: 'c1' } },
      { kind: 'investigating', actor: 'desk-app', cause: { type: 'complaint.investigation' } },
      { kind: 'answered', actor: 'carl', text: 'Sorry.' },
      { kind: 'decided', actor: 'carl', outcome: 'upheld', text: 'It leaks.' },
      { kind: 'rated' },
      { kind: 'closed', cause: { type: 'complaint.rating' } },
    ]);
  });

  it.each([
    { compensation: 500, shown: { amount: 500 } },
    { compensation: 'A new pot', shown: { note: 'A new pot' } },
    { compensation: { points: 100, couponId: 'c' }, shown: { points: 100, couponId: 'c' } },
  ])('takes a compensation as $compensation', async ({ compensation, shown }) => {
    await open();
    expect((await act('decision', { outcome: 'upheld', compensation })).body.compensation).toEqual(shown);
  });

  it.each([
    { verb: 'answers', body: { text: '' }, errors: ['text empty_text'] },
    { verb: 'answers', body: { actor: 'carl@shop.example' }, errors: ['actor invalid_format'] },
    { verb: 'decision', body: {}, errors: ['outcome required'] },
    { verb: 'decision', body: { outcome: 'ignored' }, errors: ['outcome invalid_value'] },
    { verb: 'decision', body: { outcome: 'upheld', reason: 'x'.repeat(2_001) }, errors: ['reason too_big'] },
    { verb: 'investigation', body: { at: 'once' }, errors: ['at unknown_field'] },
  ])('refuses $verb of $body', async ({ verb, body, errors }) => {
    await open();
    const answer = await act(verb, body);
    expect(answer.status).toBe(400);
    expect(errorsOf(answer.body)).toEqual(errors);
  });

  it.each([0, 6, 2.5, '5', null])('refuses a rating of %s', async (satisfaction) => {
    await open();
    await act('decision', { outcome: 'upheld' });
    expect((await act('rating', { satisfaction }, ANN)).status).toBe(400);
  });

  it.each([
    { verb: 'answers', body: {}, claims: ANN },
    { verb: 'investigation', body: {}, claims: ANN },
    { verb: 'decision', body: { outcome: 'upheld' }, claims: ANN },
    { verb: 'decision', body: { outcome: 'upheld' }, claims: SHOP },
    { verb: 'rating', body: { satisfaction: 5 }, claims: DESK },
    { verb: 'appeal', body: {}, claims: DESK },
  ])('$verb is refused to who may not: $claims.scope', async ({ verb, body, claims }) => {
    await open();
    expect((await act(verb, body, claims)).status).toBe(403);
  });

  it.each(['answers', 'investigation', 'decision', 'rating', 'appeal'])(
    '%s of a complaint that there is none of is 404',
    async (verb) => {
      const body = {
        answers: {},
        investigation: {},
        decision: { outcome: 'upheld' },
        rating: { satisfaction: 5 },
        appeal: {},
      }[verb];
      const claims = verb === 'rating' || verb === 'appeal' ? ANN : DESK;
      expect(await act(verb, body, claims, 'none')).toMatchObject({ status: 404, body: { code: 'not_found' } });
    },
  );

  it.each(['rating', 'appeal'])("%s of another member's complaint is 404", async (verb) => {
    await open();
    await act('decision', { outcome: 'rejected' });
    expect((await act(verb, verb === 'rating' ? { satisfaction: 5 } : {}, BOB)).status).toBe(404);
  });

  it.each([
    {
      what: 'a rating before the decision',
      steps: [],
      verb: 'rating',
      body: { satisfaction: 3 },
      claims: ANN,
      code: 'not_decided',
    },
    { what: 'an appeal before the decision', steps: [], verb: 'appeal', body: {}, claims: ANN, code: 'not_decided' },
    {
      what: 'another decision',
      steps: ['decision'],
      verb: 'decision',
      body: { outcome: 'rejected', actor: 'carl' },
      claims: DESK,
      code: 'already_decided',
    },
    {
      what: 'an investigation of what is decided',
      steps: ['decision'],
      verb: 'investigation',
      body: {},
      claims: DESK,
      code: 'already_decided',
    },
    {
      what: 'a decision by the same person on the appeal',
      steps: ['decision', 'appeal'],
      verb: 'decision',
      body: { outcome: 'upheld', actor: 'carl' },
      claims: DESK,
      code: 'same_person',
    },
    {
      what: 'a second appeal',
      steps: ['decision', 'appeal'],
      verb: 'appeal',
      body: { text: 'Once more' },
      claims: ANN,
      code: 'already_appealed',
    },
    {
      what: 'another rating',
      steps: ['decision', 'rating'],
      verb: 'rating',
      body: { satisfaction: 1 },
      claims: ANN,
      code: 'already_rated',
    },
    {
      what: 'an answer on a closed case',
      steps: ['decision', 'rating'],
      verb: 'answers',
      body: {},
      claims: DESK,
      code: 'complaint_closed',
    },
    {
      what: 'a decision on a closed case',
      steps: ['decision', 'rating'],
      verb: 'decision',
      body: { outcome: 'rejected' },
      claims: DESK,
      code: 'complaint_closed',
    },
    {
      what: 'an appeal on a closed case',
      steps: ['decision', 'rating'],
      verb: 'appeal',
      body: {},
      claims: ANN,
      code: 'complaint_closed',
    },
  ] as const)('is refused: $what', async ({ steps, verb, body, claims, code }) => {
    await open();
    for (const step of steps) {
      if (step === 'decision') await act('decision', { outcome: 'upheld', actor: 'carl' });
      if (step === 'appeal') await act('appeal', { text: 'No.' }, ANN);
      if (step === 'rating') await act('rating', { satisfaction: 5 }, ANN);
    }
    expect(await act(verb, body, claims)).toMatchObject({ status: 409, body: { code } });
  });

  it('is refused where an id of an answer stands for other words', async () => {
    await open();
    expect((await act('answers', { answerId: 'a1', text: 'Yes.' })).status).toBe(201);
    expect((await act('answers', { answerId: 'a1', text: 'Yes.' })).status).toBe(201);
    expect(await act('answers', { answerId: 'a1', text: 'No.' })).toMatchObject({
      status: 409,
      body: { code: 'id_reused' },
    });
    expect((await see()).body.history).toHaveLength(2);
  });

  it('takes one of many decisions that come at once', async () => {
    await open();
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        act('decision', { outcome: n % 2 === 0 ? 'upheld' : 'rejected', actor: `p${n}` }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409]);
  });

  it('asks to try again where others are always faster', async () => {
    await open();
    stores.complaints = { ...stores.complaints, save: () => Promise.reject(new WriteConflict(undefined)) };
    expect(await act('answers', {})).toMatchObject({ status: 503, body: { code: 'unavailable' } });
  });

  it('leaves no word of anybody in the logs', async () => {
    await open({ text: 'SECRET-1' });
    await act('answers', { text: 'SECRET-2' });
    await act('decision', { outcome: 'upheld', reason: 'SECRET-3', compensation: 'SECRET-4' });
    expect(JSON.stringify(lines)).not.toContain('SECRET');
  });
});

describe('GET /v1/desk/complaints', () => {
  it('lists what is to be decided, most urgent first, in pages, and of it what is overdue', async () => {
    for (const [id, hour] of [
      ['c1', 5],
      ['c2', 0],
      ['c3', 9],
    ] as const) {
      hours = hour;
      await open({ complaintId: id });
    }
    hours = 25;
    const all = await queue();
    z.parse(deskComplaintsAnswer, all.body);
    expect(all.body.items).toMatchObject([
      { complaintId: 'c2', overdue: true, since: '2026-01-06T10:00:00.000Z', escalation: { level: 1 } },
      { complaintId: 'c1', overdue: false },
      { complaintId: 'c3', overdue: false },
    ]);
    expect(JSON.stringify(all.body)).not.toContain('Broken');
    expect((await queue({ state: 'overdue' })).body.items).toMatchObject([{ complaintId: 'c2' }]);
    const first = await queue({ limit: '2' });
    expect(first.body.items).toHaveLength(2);
    const second = await queue({ limit: '2', cursor: first.body.nextCursor as string });
    expect(second.body.items).toMatchObject([{ complaintId: 'c3' }]);
  });

  it.each([
    { what: 'a state that there is none of', query: { state: 'closed' }, code: 'invalid_request' },
    { what: 'a limit beyond 100', query: { limit: '101' }, code: 'invalid_request' },
    { what: 'a cursor of its own making', query: { cursor: 'abc' }, code: 'invalid_cursor' },
    {
      what: 'a cursor of another state',
      query: { cursor: encodeCursor({ state: 'waiting', position: [null, null, null, null] }) },
      code: 'invalid_cursor',
    },
  ])('refuses $what', async ({ query, code }) => {
    expect(await queue(query)).toMatchObject({ status: 400, body: { code } });
  });

  it('is for the desk alone', async () => {
    expect((await queue({}, ANN)).status).toBe(403);
    expect((await queue({}, SHOP)).status).toBe(403);
  });
});
