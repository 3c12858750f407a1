import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { deskSanctionsAnswer, sanctionAnswer } from '../../../functions/sanction/answers.ts';
import { routes } from '../../../functions/sanction/routes.ts';
import { complaintKeys, reputationKeys } from '../../../shared/adapters/dynamo/keys.ts';
import { keyItem, WriteConflict } from '../../../shared/adapters/dynamo/profile-records.ts';
import { type SanctionStore, sanctionStore } from '../../../shared/adapters/dynamo/sanction-store.ts';
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
const CARL = { sub: 'carl', scope: 'desk' };
const DORA = { sub: 'dora', scope: 'desk' };
const EMIL = { sub: 'emil', scope: 'desk' };
const NOBODY = { scope: 'desk' };
const DAY_MS = 86_400_000;
const START = Date.parse('2026-01-05T10:00:00Z');
const notice = {
  sanctionId: 's1',
  brandId: 'hearth',
  kind: 'ranking',
  reason: 'upheld_complaints',
  causes: [{ type: 'complaint', id: 'c1' }],
  text: 'Five were upheld.',
};
const answer = { actor: 'hearth-legal', text: 'We disagree.' };
const restrict = { verdict: 'restrict', until: '2026-02-14T10:00:00Z', reason: 'upheld_complaints' };
const dismiss = { verdict: 'dismiss', reason: 'no_ground' };
const appeal = { actor: 'hearth-legal', text: 'Look again.' };
const lift = { verdict: 'lift', reason: 'new_evidence', text: 'They were right.' };

let dynoxide: Dynoxide;
let table: string;
let sanctions: SanctionStore;
let words: WordsStore;
let lines: ReturnType<typeof lineCollector>;
let day: number;

beforeAll(async () => {
  dynoxide = await startDynoxide();
});
beforeEach(async () => {
  // Keys, index and stream are those of the Reputation table.
  const tables = await dynoxide.createTables();
  table = tables.profile;
  ({ words } = testVault(dynoxide.client, tables.vault));
  sanctions = sanctionStore(dynoxide.client, table);
  const causes = [complaintKeys.complaint('c1'), reputationKeys.inspection('i1'), reputationKeys.review('r1')];
  for (const key of causes) {
    await dynoxide.client.send(new PutItemCommand({ TableName: table, Item: keyItem(key) }));
  }
  lines = lineCollector();
  day = 0;
  setClock(() => START + day * DAY_MS);
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
  const policies = { load: async () => always(currentPolicy) };
  const handler = httpHandler(routes, () => ({ sanctions, words, policies, write: lines.write }));
  const event = httpEvent(key, {
    ...parts,
    claims: claims ?? undefined,
    ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const reply = await handler(event, lambdaContext());
  return { status: reply.statusCode, body: JSON.parse(reply.body) as Record<string, unknown> };
}

const give = (body: Record<string, unknown> = {}, claims: Claims = CARL) =>
  ask('POST /v1/sanctions', { body: { ...notice, ...body }, claims });
const act = (verb: string, body: unknown, claims: Claims, id = 's1') =>
  ask(`POST /v1/sanctions/{id}/${verb}`, { path: { id }, body, claims });
const see = (claims: Claims = CARL, id = 's1') => ask('GET /v1/sanctions/{id}', { path: { id }, claims });
const queue = (query: Record<string, string> = {}, claims: Claims = CARL) =>
  ask('GET /v1/desk/sanctions', { query, claims });
const errorsOf = (body: Record<string, unknown>) =>
  (body.errors as { path: string; code: string }[]).map(({ path, code }) => `${path} ${code}`);
const idsOf = ({ body }: { body: Record<string, unknown> }) =>
  z.parse(deskSanctionsAnswer, body).items.map(({ sanctionId }) => sanctionId);

type Step = readonly [day: number, verb: string, body: unknown, claims: Claims];
const heard: Step[] = [[1, 'answers', answer, CARL]];
const restricted: Step[] = [...heard, [2, 'decision', restrict, DORA]];
const appealed: Step[] = [...restricted, [3, 'appeal', appeal, CARL]];

/** Notice, and steps each of which is taken. */
async function go(steps: readonly Step[], id = 's1'): Promise<void> {
  day = 0;
  expect((await give({ sanctionId: id })).status).toBe(201);
  for (const [on, verb, body, claims] of steps) {
    day = on;
    expect((await act(verb, body, claims, id)).status).toBeLessThan(300);
  }
}

describe('POST /v1/sanctions', () => {
  it('says until when an answer is waited for, and the same again when it is sent again', async () => {
    const reply = await give();
    z.parse(sanctionAnswer, reply.body);
    expect(reply).toMatchObject({
      status: 201,
      body: {
        sanctionId: 's1',
        brandId: 'hearth',
        kind: 'ranking',
        state: 'noticed',
        answerBy: '2026-01-12T10:00:00.000Z',
        causes: notice.causes,
        history: [{ step: 'notice', by: 'carl', text: notice.text, cause: { type: 'sanction.notice', subject: 's1' } }],
      },
    });
    day = 1;
    await act('answers', answer, CARL);
    expect(await give()).toEqual(reply);
  });

  it('rests on complaints, inspections and reviews that the shop has', async () => {
    const causes = [
      { type: 'complaint', id: 'c1' },
      { type: 'inspection', id: 'i1' },
      { type: 'review', id: 'r1' },
    ];
    expect((await give({ causes })).status).toBe(201);
    const unknown = await give({ sanctionId: 's2', causes: [...causes, { type: 'review', id: 'r2' }] });
    expect(unknown).toMatchObject({
      status: 409,
      body: { code: 'unknown_cause', detail: expect.stringContaining('r2') },
    });
    expect((await see(CARL, 's2')).status).toBe(404);
  });

  it.each([
    { what: 'neither brand nor supplier', body: { brandId: undefined }, errors: [' no_target'] },
    { what: 'a brand and a supplier', body: { supplierId: 'x' }, errors: [' no_target'] },
    { what: 'no kind that there is', body: { kind: 'shame' }, errors: ['kind invalid_value'] },
    { what: 'a reason that is a sentence', body: { reason: 'They lie.' }, errors: ['reason invalid_format'] },
    { what: 'nothing that it rests on', body: { causes: [] }, errors: ['causes too_small'] },
    {
      what: 'a cause named twice',
      body: { causes: [notice.causes[0], notice.causes[0]] },
      errors: ['causes cause_twice'],
    },
    {
      what: 'too many causes',
      body: { causes: Array.from({ length: 21 }, (_, index) => ({ type: 'complaint', id: `c${index}` })) },
      errors: ['causes too_big'],
    },
    {
      what: 'a cause of no kind that there is',
      body: { causes: [{ type: 'rumour', id: 'x' }] },
      errors: ['causes[0].type invalid_value'],
    },
    { what: 'an empty text', body: { text: ' ' }, errors: ['text empty_text'] },
    { what: 'a text of 100 KB', body: { text: 'x'.repeat(100_000) }, errors: ['text too_big'] },
    { what: 'control characters', body: { text: 'a\u0007b' }, errors: ['text control_character'] },
    { what: 'an e-mail address for an id', body: { sanctionId: 'a@b.c' }, errors: ['sanctionId invalid_format'] },
    { what: 'a field that there is none of', body: { colour: 'red' }, errors: ['colour unknown_field'] },
  ])('refuses $what', async ({ body, errors }) => {
    const reply = await give(body);
    expect(reply).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    expect(errorsOf(reply.body)).toEqual(errors);
  });

  it('keeps markup and every script as what they are: words', async () => {
    const text = '<script>alert(1)</script> 坏了 💔\n\tيا';
    await give({ text });
    expect((await see()).body.history).toMatchObject([{ text }]);
  });
});

describe('what the desk does', () => {
  it('goes from the notice to the answer, the decision, the appeal and the decision on it', async () => {
    await go(appealed);
    day = 4;
    const lifted = await act('appeal-decision', lift, EMIL);
    z.parse(sanctionAnswer, lifted.body);
    expect(lifted).toMatchObject({
      status: 200,
      body: {
        state: 'lifted',
        verdict: 'restrict',
        appealVerdict: 'lift',
        appealBy: '2026-01-21T10:00:00.000Z',
        restriction: {
          kind: 'ranking',
          since: '2026-01-07T10:00:00.000Z',
          until: '2026-01-09T10:00:00.000Z',
          state: 'lifted',
        },
        actors: ['carl', 'hearth-legal', 'dora', 'emil'],
      },
    });
    day = 9;
    expect(await act('appeal-decision', lift, EMIL)).toEqual(lifted);
    const { body } = await see();
    z.parse(sanctionAnswer, body);
    expect(body.history).toMatchObject([
      { step: 'notice', by: 'carl', text: notice.text },
      { step: 'answer', by: 'hearth-legal', enteredBy: 'carl', text: answer.text },
      { step: 'decision', by: 'dora', verdict: 'restrict', reason: 'upheld_complaints' },
      { step: 'appeal', by: 'hearth-legal', enteredBy: 'carl', text: appeal.text },
      { step: 'appeal_decision', by: 'emil', verdict: 'lift', text: lift.text },
    ]);
  });

  it('writes what the brand is restricted in with the decision, and with the decision on the appeal', async () => {
    const of = () => sanctions.restrictionsOf({ brandId: 'hearth' });
    expect(await of()).toEqual({ version: 0, restrictions: [] });
    await go(restricted);
    expect(await of()).toMatchObject({ version: 1, restrictions: [{ sanctionId: 's1', kind: 'ranking' }] });
    await go([...appealed, [4, 'appeal-decision', lift, EMIL]], 's2');
    expect((await of()).restrictions.map(({ sanctionId, liftedAtMs }) => [sanctionId, liftedAtMs])).toEqual([
      ['s1', undefined],
      ['s2', START + 4 * DAY_MS],
    ]);
    expect(await sanctions.restrictionsOf({ supplierId: 'hearth' })).toEqual({ version: 0, restrictions: [] });
  });

  it('dismisses a case, and then nobody is restricted', async () => {
    await go([...heard, [2, 'decision', dismiss, DORA]]);
    const { body } = await see();
    expect(body).toMatchObject({ state: 'dismissed', verdict: 'dismiss' });
    expect(body).not.toHaveProperty('restriction');
    expect((await sanctions.restrictionsOf({ brandId: 'hearth' })).restrictions).toEqual([]);
  });

  it.each([
    { verb: 'answers', body: {}, errors: ['actor required'] },
    { verb: 'answers', body: { actor: 'legal@hearth.example' }, errors: ['actor invalid_format'] },
    { verb: 'answers', body: { ...answer, text: '' }, errors: ['text empty_text'] },
    { verb: 'decision', body: { reason: 'x' }, errors: ['verdict required'] },
    { verb: 'decision', body: { verdict: 'restrict' }, errors: ['reason required'] },
    { verb: 'decision', body: { ...restrict, until: 'soon' }, errors: ['until invalid_format', 'until invalid_value'] },
    { verb: 'decision', body: { ...restrict, verdict: 'dismiss' }, errors: ['until invalid_value'] },
    { verb: 'decision', body: { ...restrict, by: 'emil' }, errors: ['by unknown_field'] },
    { verb: 'appeal', body: {}, errors: ['actor required'] },
    { verb: 'appeal-decision', body: { ...lift, verdict: 'dismiss' }, errors: ['verdict invalid_value'] },
  ])('refuses $verb of $body', async ({ verb, body, errors }) => {
    await go(heard);
    const reply = await act(verb, body, DORA);
    expect(reply.status).toBe(400);
    expect(errorsOf(reply.body)).toEqual(errors);
  });

  it.each([
    {
      what: 'other content under its id',
      steps: [],
      verb: '',
      body: { kind: 'sales_limit' },
      by: CARL,
      code: 'id_reused',
    },
    { what: 'another person under its id', steps: [], verb: '', body: {}, by: DORA, code: 'id_reused' },
    {
      what: 'an answer after the decision',
      steps: restricted,
      verb: 'answers',
      body: { ...answer, text: 'Late.' },
      by: CARL,
      code: 'sanction_not_open',
    },
    { what: 'an appeal from nothing', steps: heard, verb: 'appeal', body: appeal, by: CARL, code: 'not_restricted' },
    {
      what: 'a second appeal',
      steps: appealed,
      verb: 'appeal',
      body: { actor: 'hearth-boss' },
      by: CARL,
      code: 'already_appealed',
    },
    {
      what: 'a late appeal',
      steps: restricted,
      on: 16,
      verb: 'appeal',
      body: appeal,
      by: CARL,
      code: 'appeal_period_over',
    },
    {
      what: 'a decision on no appeal',
      steps: restricted,
      verb: 'appeal-decision',
      body: lift,
      by: EMIL,
      code: 'not_appealed',
    },
    { what: 'another decision', steps: restricted, verb: 'decision', body: dismiss, by: DORA, code: 'already_decided' },
    { what: 'one person alone', steps: heard, verb: 'decision', body: restrict, by: CARL, code: 'same_person' },
    {
      what: 'the first decision on itself',
      steps: appealed,
      verb: 'appeal-decision',
      body: lift,
      by: DORA,
      code: 'same_person',
    },
    { what: 'haste', steps: [], verb: 'decision', body: restrict, by: DORA, code: 'answer_period_running' },
    {
      what: 'a restriction without an end',
      steps: heard,
      verb: 'decision',
      body: { ...restrict, until: undefined },
      by: DORA,
      code: 'end_date_required',
    },
    {
      what: 'an end that has passed',
      steps: heard,
      verb: 'decision',
      body: { ...restrict, until: '2026-01-06T10:00:00Z' },
      by: DORA,
      code: 'end_date_not_ahead',
    },
    {
      what: 'an end beyond the policy',
      steps: heard,
      verb: 'decision',
      body: { ...restrict, until: '2027-01-06T10:00:00Z' },
      by: DORA,
      code: 'end_date_too_far',
    },
  ])('refuses $what: $code', async ({ steps, on, verb, body, by, code }: Refusal) => {
    await go(steps);
    day = on ?? day;
    const before = await see();
    const reply = verb === '' ? await give(body, by) : await act(verb, body, by);
    expect(reply).toMatchObject({ status: 409, body: { code } });
    expect(await see()).toEqual(before);
  });

  it('takes an answer by its id once', async () => {
    await go([]);
    const named = { ...answer, answerId: 'a1' };
    const first = await act('answers', named, CARL);
    expect(first.status).toBe(201);
    expect(await act('answers', named, CARL)).toEqual(first);
    expect(await act('answers', { ...named, text: 'Other.' }, CARL)).toMatchObject({
      status: 409,
      body: { code: 'id_reused' },
    });
  });

  it('refuses more than a case holds', async () => {
    await go([]);
    for (let index = 0; index < 49; index += 1) await act('answers', { ...answer, text: `Answer ${index}` }, CARL);
    expect(await act('answers', answer, CARL)).toMatchObject({ status: 409, body: { code: 'too_many_facts' } });
  });

  it.each([
    { verb: 'answers', body: answer },
    { verb: 'decision', body: restrict },
    { verb: 'appeal', body: appeal },
    { verb: 'appeal-decision', body: lift },
  ])('$verb: unknown cases are 404, tokens of nobody and of others 403', async ({ verb, body }) => {
    expect(await act(verb, body, CARL, 'none')).toMatchObject({ status: 404, body: { code: 'not_found' } });
    await go([]);
    expect(await act(verb, body, NOBODY)).toMatchObject({ status: 403, body: { code: 'subject_required' } });
    expect((await act(verb, body, { sub: 'x', scope: 'events:write' })).status).toBe(403);
    expect((await act(verb, body, { sub: 'ann', scope: 'member' })).status).toBe(403);
    expect((await act(verb, body, null)).status).toBe(401);
  });

  it('refuses notice by nobody in particular', async () => {
    expect(await give({}, NOBODY)).toMatchObject({ status: 403, body: { code: 'subject_required' } });
  });

  it('decides anew where somebody else has written in between, and says so where that never ends', async () => {
    await go(heard);
    const plain = sanctions;
    let lost = 0;
    sanctions = {
      ...plain,
      async save(...parts) {
        lost += 1;
        if (lost === 1) throw new WriteConflict(undefined);
        await plain.save(...parts);
      },
    };
    expect((await act('decision', restrict, DORA)).status).toBe(200);
    sanctions = {
      ...plain,
      async save() {
        throw new WriteConflict(undefined);
      },
    };
    expect(await act('appeal', appeal, CARL)).toMatchObject({ status: 503, body: { code: 'unavailable' } });
  });

  it('lets one of two decisions at once count, and both be told which', async () => {
    await go(heard);
    const replies = await Promise.all([act('decision', restrict, DORA), act('decision', dismiss, EMIL)]);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(replies.find(({ status }) => status === 409)?.body.code).toBe('already_decided');
  });

  it('writes no word of anybody into a log', async () => {
    await go(appealed);
    await act('decision', { ...restrict, text: 'Secret.' }, EMIL);
    expect(JSON.stringify(lines)).not.toMatch(/upheld\.|disagree|again\.|Secret/);
  });
});

type Refusal = { steps: Step[]; on?: number; verb: string; body: Record<string, unknown>; by: Claims; code: string };

describe('GET /v1/desk/sanctions', () => {
  it('has open cases, those that can be decided, appeals, and restrictions by their end', async () => {
    await go([], 'a');
    await go(heard, 'b');
    await go(restricted, 'c');
    await go(appealed, 'd');
    await go([...appealed, [4, 'appeal-decision', lift, EMIL]], 'e');
    day = 5;
    expect(idsOf(await queue())).toEqual(['b', 'a']);
    expect(idsOf(await queue({ state: 'decidable' }))).toEqual(['b']);
    expect(idsOf(await queue({ state: 'appealed' }))).toEqual(['d']);
    expect(idsOf(await queue({ state: 'restricted' }))).toEqual(['c']);
    expect((await queue({ state: 'appealed' })).body.items).toMatchObject([
      {
        sanctionId: 'd',
        state: 'appealed',
        since: '2026-01-08T10:00:00.000Z',
        actors: ['carl', 'hearth-legal', 'dora'],
      },
    ]);
    day = 8;
    expect(idsOf(await queue({ state: 'decidable' }))).toEqual(['b', 'a']);
    // What has ended by time is over at once, whenever that is marked.
    day = 40;
    expect(idsOf(await queue({ state: 'restricted' }))).toEqual([]);
  });

  it('goes on where the page before ended', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    for (const [index, id] of ids.entries()) {
      day = index;
      await give({ sanctionId: id });
    }
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const reply = await queue({ limit: '2', ...(cursor !== undefined && { cursor }) });
      found.push(...idsOf(reply));
      cursor = reply.body.nextCursor as string | undefined;
    } while (cursor !== undefined);
    expect(found).toEqual(ids);
  });

  it.each([
    {
      what: 'another state than the cursor is of',
      query: { state: 'appealed', cursor: encodeCursor({ state: 'open', position: [null, null, null, null] }) },
    },
    { what: 'a cursor of its own making', query: { cursor: 'bm9uc2Vuc2U' } },
  ])('refuses $what', async ({ query }) => {
    expect(await queue(query)).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } });
  });

  it('refuses a state that there is none of, and whoever is not at the desk', async () => {
    expect((await queue({ state: 'forgotten' })).status).toBe(400);
    expect((await queue({}, { sub: 'x', scope: 'members:read' })).status).toBe(403);
    expect((await see({ sub: 'ann', scope: 'member' })).status).toBe(403);
    expect((await see(CARL, 'none')).status).toBe(404);
  });
});
