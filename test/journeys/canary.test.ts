import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalogue, findEvent } from '../../events/catalogue.ts';
import type { EventDefinition } from '../../events/define-event.ts';
import { routes as complaintRoutes } from '../../functions/complaint/routes.ts';
import { routes as couponRoutes } from '../../functions/coupon/routes.ts';
import { routes as loyaltyRoutes } from '../../functions/loyalty/routes.ts';
import { routes as reviewRoutes } from '../../functions/review/routes.ts';
import { createRuntime, type Runtime } from '../../infra/local/runtime.ts';
import { ownerOf } from '../../shared/domain/privacy/event-parts.ts';
import { askWith, offerCoupon } from '../support/member-life.ts';
import { foundIn, needlesOf, textsOf } from '../support/needle.ts';
import { openStorefront, type Storefront } from '../support/storefront.ts';
import { objectPlaces, stringFields, takesText, withAt } from '../support/string-fields.ts';
import { tableText } from '../support/table-text.ts';

/** The word that is looked for, and the personal string that it is put into every field in: no id, and awkward in every encoding. */
const WORD = 'Zaunkoenig7Qz';
const CANARY = `${WORD} "Öl" <b>&%41\\`;
const BIRTHDAY = '1987-06-05';
const NEEDLES = needlesOf(WORD);

/**
 * Fields of a member's events that take such a text and are not personal, and why. What the contract calls an id is opaque and takes no
 * such text; what is of products, brands and inspections is nobody's.
 */
const EXEMPT: Readonly<Record<string, string>> = {
  'member.registered.v1 statementVersion':
    'names a text of the shop that its members agree to; the same for all of them',
  'member.updated.v1 statementVersion': 'names a text of the shop that its members agree to; the same for all of them',
  'member.consent_changed.v1 statementVersion':
    'names a text of the shop that its members agree to; the same for all of them',
  'order.placed.v1 lines.0.category': 'a place of the catalogue',
};

const IDS: Readonly<Record<string, string>> = {
  memberId: 'cm',
  voterId: 'cm',
  orderId: 'ord-cm',
  returnId: 'ret-cm',
  reviewId: 'rev-cm',
  complaintId: 'cmp-cm',
  anonymousId: 'anon-cm',
  recommendationId: 'rec-cm',
  productId: 'teapot',
};

/** The types of events that are somebody's, each with a valid one that is the member's. */
const samples = catalogue
  .filter(({ direction }) => direction === 'in')
  .map((definition) => ({ definition, data: filledSample(definition) }))
  .filter(({ data }) => ownerOf(data) !== undefined);

function filledSample({ sample, type }: EventDefinition): Record<string, unknown> {
  const data = { ...(sample.data as Record<string, unknown>) };
  for (const [name, id] of Object.entries(IDS)) if (name in data) data[name] = id;
  if (type === 'order.placed.v1')
    Object.assign(data, { lines: [{ lineId: '1', productId: 'teapot', quantity: 3, unitPrice: 5_000 }] });
  if (type === 'order.placed.v1') for (const name of ['redemptionId', 'couponIds']) delete data[name];
  if (type === 'order.returned.v1') data.lines = [{ lineId: '1', quantity: 1 }];
  if ('birthday' in data) data.birthday = BIRTHDAY;
  if (type === 'review.removed.v1') data.reviewId = 'rev-gone-cm';
  return data;
}

/** The fields of a body that take the canary. */
const fieldsWith = (schema: Parameters<typeof stringFields>[0], body: unknown) =>
  stringFields(schema).filter((path) => takesText(schema, body, path, CANARY));

/** A value with the canary in every field that takes it but for the exempt ones, and in one that nobody knows wherever there can be one. */
function infected(definition: EventDefinition, data: unknown): Record<string, unknown> {
  const fields = fieldsWith(definition.dataSchema, data).filter(
    (path) => !(`${definition.type} ${path.join('.')}` in EXEMPT),
  );
  const filled = fields.reduce<unknown>((value, path) => {
    const next = withAt(value, path, CANARY);
    return findEvent(definition.type)?.dataSchema !== undefined && takesText(definition.dataSchema, value, path, CANARY)
      ? next
      : value;
  }, data);
  const places = objectPlaces(definition.dataSchema);
  return places.reduce((value, place) => withAt(value, [...place, 'customerName'], CANARY), filled) as Record<
    string,
    unknown
  >;
}

const ORDER_OF_TIME = [
  'placed',
  'submitted',
  'opened',
  'completed',
  'returned',
  'cancelled',
  'answered',
  'decided',
  'rated',
];

/** All events of the member, one of each type, in the order in which they make sense. */
function events(): Record<string, unknown>[] {
  const rank = (type: string) => ORDER_OF_TIME.findIndex((it) => type.includes(it));
  return samples
    .toSorted((a, b) => rank(a.definition.type) - rank(b.definition.type))
    .map(({ definition, data }, index) => ({
      specversion: '1.0',
      id: `canary-${definition.type}`,
      source: `https://shop.example/till of ${CANARY}`,
      subject: CANARY,
      customername: CANARY,
      datacontenttype: `application/json; note=${WORD}`,
      type: definition.type,
      time: `2026-01-05T10:${String(index).padStart(2, '0')}:00Z`,
      data: infected(definition, data),
    }));
}

let runtime: Runtime;
let shop: Storefront;
let desk: string;
let own: string;
let directory: string;
const logs: string[] = [];
/** What was answered to whatever was refused. */
const refusals: string[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'canary-'));
  runtime = await createRuntime({
    dataDirectory: directory,
    virtualClock: true,
    onLog: (it) => logs.push(JSON.stringify(it)),
  });
  shop = await openStorefront(runtime);
  desk = await runtime.token({ scope: 'desk members:write events:write members:read reputation:read' });
  own = await runtime.token({ scope: 'member', member: 'cm' });
  await settleAt('2026-01-05T11:00:00Z');
}, 60_000);
afterAll(async () => {
  await runtime?.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function settleAt(time: string): Promise<void> {
  runtime.clock.advanceTo(Date.parse(time));
  await runtime.settle();
}

/** Every place in which something rests, by name: tables, logs, queues with their dead letters, archive, lake and all other files. */
async function resting(): Promise<Map<string, string>> {
  await runtime.settle();
  const texts = textsOf(directory, (path) => !/tables|dynoxide|\.lock$/.test(path));
  for (const { name } of runtime.wiring.tables) texts.set(name, await tableText(runtime.tablesEndpoint, name));
  texts.set('what was logged', logs.join('\n'));
  texts.set('dead letters', JSON.stringify(runtime.deadLetters()));
  const onBus = await onTheBus();
  expect(onBus.length).toBeGreaterThan(50);
  texts.set('the bus', JSON.stringify(onBus.filter(({ rapportseal }) => rapportseal !== undefined)));
  texts.set('answers to what was refused', refusals.join('\n'));
  return texts;
}

/** What was on the bus lately. What a service puts there itself is in its own words until it has gone through the door, and comes back sealed. */
async function onTheBus(): Promise<Record<string, unknown>[]> {
  const answer = await (await fetch(`${runtime.url}/local/events`)).json();
  return (answer as { items: Record<string, unknown>[] }).items;
}

async function expectNowhere(texts: ReadonlyMap<string, string>): Promise<void> {
  for (const [where, text] of texts) {
    expect.soft(foundIn(text, NEEDLES), where).toBeUndefined();
    expect.soft(foundIn(text, [BIRTHDAY]), `${where}: the birthday`).toBeUndefined();
  }
}

async function post(path: string, body: unknown, token = desk): Promise<number> {
  const answer = await askWith(runtime, token, 'POST', path, body);
  if (answer.status >= 400) refusals.push(JSON.stringify(answer.body));
  return answer.status;
}

async function send(batch: readonly unknown[]): Promise<{ accepted: number; rejected: number }> {
  const { body } = await shop.post(JSON.stringify(batch));
  const { accepted = [], rejected = [] } = body as unknown as { accepted?: unknown[]; rejected?: unknown[] };
  if (rejected.length > 0 || accepted.length === 0) refusals.push(JSON.stringify(body));
  return { accepted: accepted.length, rejected: rejected.length };
}

test('the needle is found in whatever it may be wrapped in', () => {
  const { stringify } = JSON;
  const wrapped = [CANARY, stringify(CANARY), stringify(stringify(CANARY)), encodeURIComponent(CANARY)];
  for (const text of wrapped) expect(foundIn(text, NEEDLES)).toBeDefined();
  for (const before of ['', 'a', 'ab', 'abc', 'Ö']) {
    const bytes = Buffer.from(`${before}${CANARY} and more`);
    for (const encoding of ['base64', 'base64url', 'hex'] as const) {
      expect(foundIn(bytes.toString(encoding), NEEDLES), `${encoding} after "${before}"`).toBeDefined();
    }
  }
  expect(foundIn('nothing of the kind', NEEDLES)).toBeUndefined();
});

test('every field of a member that takes a text is personal, or exempt for a reason', () => {
  const open = samples.flatMap(({ definition, data }) =>
    fieldsWith(definition.dataSchema, data)
      .filter(([first]) => !definition.personal.includes(String(first)))
      .map((path) => `${definition.type} ${path.join('.')}`),
  );
  expect(open.sort()).toEqual(Object.keys(EXEMPT).sort());
});

describe('a personal string put into every field that can hold one', () => {
  test('is taken in by events, by commands, by what is refused and by what nobody can read', async () => {
    await send([
      {
        specversion: '1.0',
        id: 'p1',
        source: '/web',
        type: 'product.upserted.v1',
        time: '2026-01-01T10:00:00Z',
        data: { productId: 'teapot', name: 'Teapot', brandId: 'hearth', categories: ['Home'] },
      },
      {
        specversion: '1.0',
        id: 'rg',
        source: '/web',
        type: 'review.submitted.v1',
        time: '2026-01-05T09:00:00Z',
        data: { reviewId: 'rev-gone-cm', memberId: 'cm', productId: 'cup', ratings: { product: 2 }, text: CANARY },
      },
      {
        specversion: '1.0',
        id: 'oc',
        source: '/web',
        type: 'order.placed.v1',
        time: '2026-01-05T09:00:00Z',
        data: {
          orderId: 'ord-cm-2',
          memberId: 'cm',
          currency: 'EUR',
          lines: [{ lineId: '1', productId: 'teapot', quantity: 1, unitPrice: 900_000 }],
        },
      },
      {
        specversion: '1.0',
        id: 'od',
        source: '/web',
        type: 'order.completed.v1',
        time: '2026-01-05T09:30:00Z',
        data: { orderId: 'ord-cm-2' },
      },
    ]);
    const batch = events();
    expect(await send(batch)).toEqual({ accepted: batch.length, rejected: 0 });
    await runtime.settle();
    // Sent again as they are, and with other content under the same ids.
    expect(await send(batch)).toEqual({ accepted: batch.length, rejected: 0 });
    await send(batch.map((it) => ({ ...it, time: '2026-01-05T10:59:00Z' })));
    // Not valid: each lacks what it has to have, some among valid ones and some by themselves.
    const broken = batch.map(
      (it): Record<string, unknown> => ({
        ...it,
        id: `broken-${String(it.id)}`,
        data: { customerName: CANARY, memberId: CANARY },
      }),
    );
    expect((await send([...broken, batch[0]])).rejected).toBe(broken.length);
    for (const event of broken) await send([event]);
    await send([
      { ...batch[0], type: CANARY },
      { ...batch[0], time: CANARY },
      { ...batch[0], id: CANARY },
    ]);
    refusals.push(await (await fetch(`${runtime.url}/v1/events`, { method: 'POST', body: CANARY })).text());
    // Straight on the bus, past the door: as they are, broken, and no events at all.
    const onBus = [...batch.slice(0, 8), ...broken.slice(0, 8)].map((it) => ({
      Source: `rapport.${findEvent(String(it.type))?.family}`,
      DetailType: String(it.type),
      Detail: JSON.stringify({ ...it, id: `bus-${String(it.id)}` }),
    }));
    for (const entry of onBus) runtime.putEvents([entry]);
    runtime.putEvents([
      { Source: 'rapport.member', DetailType: 'member.registered.v1', Detail: JSON.stringify({ note: CANARY }) },
    ]);
    await runtime.settle();
  });

  test('is taken in by commands, and by those that are refused', async () => {
    await settleAt('2026-01-20T10:00:00Z');
    await offerCoupon(runtime, { id: 'life', kind: 'percent', percent: 20, validDays: 30, perMember: 2 });
    const commands: [route: string, path: string, body: Record<string, unknown>][] = [
      [
        'POST /v1/complaints',
        '/v1/complaints',
        { complaintId: 'cmp-cm-2', memberId: 'cm', productId: 'teapot', category: 'other' },
      ],
      ['POST /v1/complaints/{id}/investigation', '/v1/complaints/cmp-cm-2/investigation', {}],
      ['POST /v1/complaints/{id}/answers', '/v1/complaints/cmp-cm-2/answers', { text: 'x' }],
      [
        'POST /v1/complaints/{id}/decision',
        '/v1/complaints/cmp-cm-2/decision',
        { outcome: 'rejected', compensation: { kind: 'other' } },
      ],
      ['POST /v1/complaints/{id}/appeal', '/v1/complaints/cmp-cm-2/appeal', {}],
      ['POST /v1/members/{id}/coupons', '/v1/members/cm/coupons', { couponId: 'c-cm', definition: 'life' }],
      ['POST /v1/members/{id}/coupons/{couponId}/revoke', '/v1/members/cm/coupons/c-cm/revoke', { reason: 'x' }],
      [
        'POST /v1/members/{id}/adjustments',
        '/v1/members/cm/adjustments',
        { adjustmentId: 'adj-cm', points: 7, reason: 'x' },
      ],
      ['POST /v1/members/{id}/redemptions', '/v1/members/cm/redemptions', { redemptionId: 'red-cm', points: 5 }],
      [
        'POST /v1/desk/reviews/{id}/decision',
        '/v1/desk/reviews/rev-cm/decision',
        { verdict: 'reject', reason: 'fake_review' },
      ],
      ['POST /v1/members/{id}/reviews/{reviewId}/appeal', '/v1/members/cm/reviews/rev-cm/appeal', {}],
    ];
    const routes = [...complaintRoutes, ...couponRoutes, ...loyaltyRoutes, ...reviewRoutes];
    const bodies = new Map<string, (typeof routes)[number]['bodySchema']>(
      routes.map(({ method, path, bodySchema }) => [`${method} ${path}`, bodySchema]),
    );
    for (const [route, path, body] of commands) {
      const schema = bodies.get(route);
      if (schema === undefined) throw new Error(`${route} takes no body.`);
      const fields = fieldsWith(schema, body);
      const whole = fields.reduce<unknown>(
        (value, at) => (takesText(schema, value, at, CANARY) ? withAt(value, at, CANARY) : value),
        body,
      );
      // Refused: a field that nobody knows, and a text that is too long.
      expect(await post(path, { ...body, customerName: CANARY })).toBe(400);
      if (fields[0] !== undefined)
        expect(await post(path, withAt(body, fields[0], CANARY.repeat(1_000)) as object)).toBe(400);
      const member = route.endsWith('/appeal') ? own : desk;
      expect([route, await post(path, whole, member)]).toEqual([
        route,
        expect.toSatisfy((status: number) => status < 300),
      ]);
      await post(path, withAt(whole, fields.at(-1) ?? ['customerName'], `${CANARY} again`) as object, member);
      await runtime.settle();
    }
    expect(commands.flatMap(([route, , body]) => fieldsWith(bodies.get(route) as never, body)).length).toBeGreaterThan(
      7,
    );
  });

  test('lies nowhere in the clear', async () => {
    await expectNowhere(await resting());
  });

  test('is told to the member, to the desk and with public reviews, and to nobody else', async () => {
    const exported = await askWith(runtime, own, 'GET', '/v1/members/cm/export');
    expect(foundIn(JSON.stringify(exported.body), NEEDLES)).toBeDefined();
    expect(foundIn(JSON.stringify(exported.body), [BIRTHDAY])).toBeDefined();
    expect(foundIn(JSON.stringify((await shop.get('/v1/complaints/cmp-cm', desk)).body), NEEDLES)).toBeDefined();
    const others = await answersOf('bob', await runtime.token({ scope: 'member', member: 'bob' }));
    for (const [path, text] of others) expect(foundIn(text, NEEDLES), path).toBeUndefined();
  });

  test('lies nowhere at all once the member is erased, nor is it told to anybody', async () => {
    const erased = await askWith(runtime, own, 'DELETE', '/v1/members/cm');
    expect(erased.status, JSON.stringify(erased.body)).toBe(200);
    await settleAt('2026-01-20T14:00:00Z');
    const texts = await resting();
    texts.set('the receipt', JSON.stringify(erased.body));
    const admin = await runtime.token({ scope: 'admin desk members:read members:write reputation:read events:write' });
    for (const [path, text] of await answersOf('cm', admin)) texts.set(path, text);
    await expectNowhere(texts);
    expect(texts.size).toBeGreaterThan(40);
  });
});

/** What every route that reads answers about a member, the member's things, and in general; by its path. */
async function answersOf(memberId: string, token: string): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  for (const { routeKey } of runtime.wiring.routes) {
    const [method, path = ''] = routeKey.split(' ');
    if (method !== 'GET' || path === '') continue;
    const ids = ['teapot', 'rev-cm', 'cmp-cm', 'cmp-cm-2', 'ord-cm', 'anon-cm', 'hearth'];
    const paths = path.startsWith('/v1/members/{id}')
      ? [path.replace('{id}', memberId)]
      : ids.map((id) => path.replace(/\{\w+\}/g, id));
    for (const url of new Set(paths)) {
      for (const query of path.startsWith('/v1/desk/')
        ? ['', '?state=refused', '?state=held', '?state=waiting']
        : ['']) {
        const answer = await fetch(`${runtime.url}${url}${query}`, { headers: { authorization: `Bearer ${token}` } });
        answers.set(`${url}${query}`, await answer.text());
      }
    }
  }
  return answers;
}
