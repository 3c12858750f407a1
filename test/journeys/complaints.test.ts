import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRuntime, type Runtime } from '../../infra/local/runtime.ts';
import type { Happening } from '../support/order-histories.ts';
import { openStorefront, type Storefront } from '../support/storefront.ts';

type Published = { id: string; type: string; subject?: string; data: Record<string, unknown> };

let runtime: Runtime;
let shop: Storefront;
let desk: string;
let ann: string;
let bob: string;
const published: Published[] = [];

beforeAll(async () => {
  runtime = await createRuntime({
    virtualClock: true,
    onEvent: ({ detail }) => {
      published.push(detail as Published);
    },
  });
  shop = await openStorefront(runtime);
  desk = await runtime.token({ scope: 'desk' });
  ann = await runtime.token({ scope: 'member', member: 'ann' });
  bob = await runtime.token({ scope: 'member', member: 'bob' });
});
afterAll(async () => {
  await runtime?.stop();
});

async function post(path: string, body: unknown, token: string) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(`${runtime.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

const of = (complaintId: string, type: string) =>
  published.filter((event) => event.type === type && event.subject === complaintId);
const overdueOf = (complaintId: string) =>
  of(complaintId, 'complaint.overdue.v1').map(({ data }) => `${data.deadline} ${data.dueAt}`);
const statesOf = (complaintId: string) => of(complaintId, 'complaint.changed.v1').map(({ data }) => data.to);

async function until(time: string): Promise<void> {
  runtime.clock.advanceTo(Date.parse(time));
  expect(await runtime.settle()).toEqual({ deadLetters: 0 });
}

function said(type: string, id: string, time: string, data: Record<string, unknown>): Happening {
  return { type: `complaint.${type}.v1`, id, time, data };
}

test('a member complains, is answered, does not agree, is heard by another and is content', async () => {
  await until('2026-01-05T10:00:00Z');
  const body = {
    complaintId: 'cmp-1',
    memberId: 'ann',
    productId: 'teapot',
    category: 'quality',
    text: '<b>Broken!</b>',
  };
  const opened = await post('/v1/complaints', body, ann);
  expect(opened).toMatchObject({
    status: 201,
    body: { state: 'open', deadlines: { answerBy: '2026-01-06T10:00:00.000Z', decideBy: '2026-01-08T10:00:00.000Z' } },
  });
  expect(await post('/v1/complaints', body, ann)).toEqual(opened);
  expect(await post('/v1/complaints', { ...body, category: 'other' }, ann)).toMatchObject({
    status: 409,
    body: { code: 'id_reused' },
  });

  expect((await shop.get('/v1/complaints/cmp-1', bob)).status).toBe(404);
  expect((await shop.get('/v1/complaints/none', ann)).status).toBe(404);
  const seen = await shop.get('/v1/complaints/cmp-1', ann);
  expect(seen.body).not.toHaveProperty('suggestions');
  expect(seen.body.history).toMatchObject([{ kind: 'opened', actor: 'ann', text: '<b>Broken!</b>' }]);
  expect((await shop.get('/v1/desk/complaints', desk)).body.items).toMatchObject([
    { complaintId: 'cmp-1', overdue: false },
  ]);

  await until('2026-01-05T12:00:00Z');
  const path = '/v1/complaints/cmp-1';
  expect((await post(`${path}/investigation`, { actor: 'carl' }, desk)).status).toBe(200);
  expect((await post(`${path}/answers`, { actor: 'carl', text: 'We look into it.' }, desk)).status).toBe(201);
  expect(await post(`${path}/rating`, { satisfaction: 1 }, ann)).toMatchObject({
    status: 409,
    body: { code: 'not_decided' },
  });
  const decision = { outcome: 'rejected', actor: 'carl', reason: 'It was used for coffee.' };
  const decided = await post(`${path}/decision`, decision, desk);
  expect(decided).toMatchObject({ status: 200, body: { state: 'decided', outcome: 'rejected' } });
  expect(await post(`${path}/decision`, decision, desk)).toEqual(decided);
  expect(await post(`${path}/decision`, { ...decision, outcome: 'upheld' }, desk)).toMatchObject({
    status: 409,
    body: { code: 'already_decided' },
  });

  expect((await post(`${path}/appeal`, { text: 'It was tea.' }, bob)).status).toBe(404);
  expect(await post(`${path}/appeal`, { text: 'It was tea.' }, ann)).toMatchObject({
    status: 200,
    body: { state: 'investigating', appealed: true },
  });
  expect(await post(`${path}/decision`, { outcome: 'upheld', actor: 'carl' }, desk)).toMatchObject({
    status: 409,
    body: { code: 'same_person' },
  });
  const second = { outcome: 'upheld', actor: 'dora', compensation: { amount: 1_299, currency: 'CNY', note: 'Sorry.' } };
  expect((await post(`${path}/decision`, second, desk)).status).toBe(200);
  expect((await post(`${path}/rating`, { satisfaction: 5 }, ann)).body).toMatchObject({
    state: 'closed',
    satisfaction: 5,
  });
  expect(await post(`${path}/answers`, { actor: 'carl', text: 'Late.' }, desk)).toMatchObject({
    status: 409,
    body: { code: 'complaint_closed' },
  });

  await until('2026-02-20T00:00:00Z');
  expect((await shop.get(path, ann)).body).toMatchObject({
    state: 'closed',
    outcome: 'upheld',
    compensation: second.compensation,
    service: [
      { deadline: 'answer', status: 'met' },
      { deadline: 'decision', status: 'met' },
      { deadline: 'appeal', status: 'met' },
    ],
  });
  expect(overdueOf('cmp-1')).toEqual([]);
  expect(statesOf('cmp-1')).toEqual([
    'open',
    'investigating',
    'answered',
    'decided',
    'investigating',
    'decided',
    'closed',
  ]);
  expect(JSON.stringify(of('cmp-1', 'complaint.changed.v1'))).not.toContain('coffee');
  expect((await shop.get('/v1/desk/complaints', desk)).body.items).toEqual([]);
}, 60_000);

test('every deadline that passes unmet is told once, on time', async () => {
  await until('2026-03-02T10:00:00Z');
  await shop.send(
    said('opened', 'c2-1', '2026-03-02T10:00:00Z', {
      complaintId: 'cmp-2',
      memberId: 'ann',
      brandId: 'hearth',
      category: 'service',
      severity: 'high',
    }),
  );
  await runtime.settle();
  await until('2026-03-03T09:59:59Z');
  expect(overdueOf('cmp-2')).toEqual([]);
  await until('2026-03-03T10:00:00Z');
  expect(overdueOf('cmp-2')).toEqual(['answer 2026-03-03T10:00:00.000Z']);
  expect((await shop.get('/v1/desk/complaints?state=overdue', desk)).body.items).toMatchObject([
    { complaintId: 'cmp-2', overdue: true, escalation: { level: 1, to: 'team_lead' } },
  ]);

  // Facts and the opening again, in any order, bring no second one; one that met it and comes late leaves what was told.
  await shop.send(
    said('opened', 'c2-1', '2026-03-02T10:00:00Z', {
      complaintId: 'cmp-2',
      memberId: 'ann',
      brandId: 'hearth',
      category: 'service',
      severity: 'high',
    }),
  );
  await shop.send(
    said('answered', 'c2-2', '2026-03-02T18:00:00Z', { complaintId: 'cmp-2', actor: 'carl', text: 'Hello.' }),
  );
  await until('2026-03-04T10:00:00Z');
  expect(overdueOf('cmp-2')).toEqual(['answer 2026-03-03T10:00:00.000Z']);
  expect((await shop.get('/v1/complaints/cmp-2', ann)).body.service).toMatchObject([
    { status: 'met' },
    { status: 'pending' },
  ]);

  await until('2026-03-20T10:00:00Z');
  expect(overdueOf('cmp-2')).toEqual(['answer 2026-03-03T10:00:00.000Z', 'decision 2026-03-05T10:00:00.000Z']);
  await shop.send(
    said('decided', 'c2-3', '2026-03-20T11:00:00Z', { complaintId: 'cmp-2', outcome: 'upheld', actor: 'carl' }),
  );
  await until('2026-03-21T10:00:00Z');
  await until('2026-05-01T10:00:00Z');
  expect(overdueOf('cmp-2')).toHaveLength(2);
  expect((await shop.get('/v1/brands/hearth/reputation', ann)).body).toMatchObject({
    complaints: { open: 0, upheld: 1, total: 1 },
  });
  expect(statesOf('cmp-2')).toEqual(['open', 'answered', 'decided', 'closed']);
}, 60_000);

test('facts wait for the opening, and those that contradict what counts stay to be seen', async () => {
  await until('2026-06-01T10:00:00Z');
  await shop.send(said('rated', 'c3-3', '2026-06-01T13:00:00Z', { complaintId: 'cmp-3', satisfaction: 2 }));
  await shop.send(
    said('decided', 'c3-2', '2026-06-01T12:00:00Z', { complaintId: 'cmp-3', outcome: 'rejected', actor: 'carl' }),
  );
  await runtime.settle();
  expect((await shop.get('/v1/complaints/cmp-3', desk)).status).toBe(404);
  expect((await shop.get('/v1/desk/complaints?state=waiting', desk)).body.items).toMatchObject([
    { complaintId: 'cmp-3' },
  ]);
  await shop.send(
    said('opened', 'c3-1', '2026-06-01T11:00:00Z', {
      complaintId: 'cmp-3',
      memberId: 'bob',
      orderId: 'ord-1',
      category: 'delivery',
    }),
  );
  await shop.send(
    said('decided', 'c3-4', '2026-06-01T14:00:00Z', { complaintId: 'cmp-3', outcome: 'upheld', actor: 'dora' }),
  );
  await runtime.settle();
  expect((await shop.get('/v1/complaints/cmp-3', desk)).body).toMatchObject({
    state: 'closed',
    outcome: 'rejected',
    satisfaction: 2,
    refused: [{ eventId: 'c3-4', code: 'complaint_closed' }],
    suggestions: [{ id: 'delivery_trace' }],
  });
  expect((await shop.get('/v1/desk/complaints?state=refused', desk)).body.items).toMatchObject([
    { complaintId: 'cmp-3', refused: 1 },
  ]);
  expect(overdueOf('cmp-3')).toEqual([]);
}, 60_000);
