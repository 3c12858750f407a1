import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRuntime, type Runtime } from '../../infra/local/runtime.ts';
import type { Happening } from '../support/order-histories.ts';
import { policyWith } from '../support/policies.ts';
import { openStorefront, type Storefront } from '../support/storefront.ts';

type Reason = { code: string; contribution: number; text: string; anchor?: { productId?: string; at?: string } };
type Item = { productId: string; score: number; reasons: Reason[]; engine?: string };
type Page = {
  recommendationId: string;
  items: Item[];
  engine: {
    name: string;
    modelVersion?: string;
    fallback?: { from: string; cause: string };
    attempts: { engine: string; cause?: string }[];
  };
  leftOut: Record<string, number>;
  personal: boolean;
  consent?: { personalisation: Record<string, unknown> };
  detail: string;
  errors: { path: string }[];
};

/** What one looks at after the other, again and again. */
const TRAILS = [
  ['teapot', 'cup', 'saucer', 'kettle'],
  ['hose', 'rake', 'spade', 'gloves'],
  ['jeans', 'shirt', 'socks', 'belt'],
];
const CATEGORIES = ['Home/Kitchen', 'Garden', 'Clothes'];
const BRANDS = ['hearth', 'dig', 'thread'];

let runtime: Runtime;
let shop: Storefront;
let admin = '';
let number = 0;

/** Events are numbered, so that each is another one. */
function said(type: string, time: string, data: Record<string, unknown>): Happening {
  number += 1;
  return { type: `${type}.v1`, id: `evt-${number}`, time, data };
}

const product = (productId: string, more: Record<string, unknown> = {}, time = '2026-01-01T00:00:00Z'): Happening =>
  said('product.upserted', time, {
    productId,
    name: productId,
    categories: ['Home/Kitchen'],
    price: 1_000,
    currency: 'EUR',
    ...more,
  });

const viewed = (productId: string, who: Record<string, unknown>, time = '2026-01-20T10:00:00Z'): Happening =>
  said('product.viewed', time, { productId, ...who });

async function tell(...happenings: Happening[]): Promise<void> {
  for (let at = 0; at < happenings.length; at += 100) {
    expect((await shop.send(...happenings.slice(at, at + 100))).status).toBe(202);
  }
  expect(await runtime.settle()).toEqual({ deadLetters: 0 });
}

/** A page, of which every score is checked to be the sum of its reasons. */
async function ask(path: string): Promise<Page> {
  const { status, body } = await shop.get(path);
  expect(status).toBe(200);
  const page = body as unknown as Page;
  for (const { score, reasons } of page.items) {
    expect(reasons.reduce((sum, { contribution }) => sum + contribution, 0)).toBeCloseTo(score, 9);
    for (const { text } of reasons) expect(text).not.toBe('');
  }
  const scores = page.items.filter(({ engine }) => engine === undefined).map(({ score }) => score);
  expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  return page;
}

const visitorPage = (id: string, query = ''): Promise<Page> => ask(`/v1/visitors/${id}/recommendations${query}`);
const memberPage = (id: string, query = ''): Promise<Page> => ask(`/v1/members/${id}/recommendations${query}`);
const idsOf = ({ items }: Page): string[] => items.map(({ productId }) => productId);
const codesOf = ({ items }: Page): string[] => [
  ...new Set(items.flatMap(({ reasons }) => reasons.map(({ code }) => code))),
];

async function train(): Promise<Record<string, unknown>> {
  const answer = await fetch(`${runtime.url}/local/train`, { method: 'POST' });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Record<string, unknown>;
}

async function putPolicy(values: Record<string, unknown>): Promise<void> {
  const headers = { authorization: `Bearer ${admin}`, 'content-type': 'application/json' };
  const current = (await (await fetch(`${runtime.url}/v1/policy`, { headers })).json()) as { version: string };
  const policy = policyWith({ ...values, version: `v${number}` });
  const put = await fetch(`${runtime.url}/v1/policy`, {
    method: 'PUT',
    headers: { ...headers, 'if-match': `"${current.version}"` },
    body: JSON.stringify({ policy, reason: 'test' }),
  });
  expect([put.status, put.ok ? '' : await put.text()]).toEqual([200, '']);
}

beforeAll(async () => {
  runtime = await createRuntime({ virtualClock: true });
  shop = await openStorefront(runtime);
  admin = await runtime.token({ scope: 'admin' });
});
afterAll(async () => {
  await runtime?.stop();
});

describe('a shop of which nothing was learnt yet', () => {
  test('has nothing to show before it has products, and says why', async () => {
    const page = await visitorPage('nobody');
    expect(page.items).toEqual([]);
    expect(page.engine.attempts.map(({ engine, cause }) => [engine, cause])).toEqual([
      ['in_house', 'no_model'],
      ['personalize', 'no_campaign'],
      ['popular', 'empty'],
      ['newest', 'empty'],
    ]);
  });

  test('shows after ten events what is looked at, then what is new', async () => {
    await tell(
      ...['teapot', 'cup', 'saucer', 'hose', 'rake'].map((id) => product(id)),
      ...['v1', 'v2', 'v3'].map((anonymousId, at) => viewed('cup', { anonymousId }, `2026-01-02T10:0${at}:00Z`)),
      viewed('hose', { anonymousId: 'v4' }, '2026-01-02T10:00:00Z'),
      viewed('unheard-of', { anonymousId: 'v5' }, '2026-01-02T10:00:00Z'),
    );
    const page = await visitorPage('somebody');
    expect(idsOf(page)[0]).toBe('cup');
    expect(idsOf(page).toSorted()).toEqual(['cup', 'hose', 'rake', 'saucer', 'teapot', 'unheard-of']);
    expect(page.engine).toMatchObject({ name: 'popular', fallback: { from: 'in_house', cause: 'no_model' } });
    expect(page.items.filter(({ engine }) => engine === 'newest')).toHaveLength(3);
  });
});

describe('a shop that has learnt', () => {
  beforeAll(async () => {
    const products = TRAILS.flatMap((trail, at) =>
      trail.map((id, step) =>
        product(
          id,
          { categories: [CATEGORIES[at]], brandId: BRANDS[at], supplierId: `sup-${at}`, price: 1_000 * (step + 1) },
          '2026-01-03T00:00:00Z',
        ),
      ),
    );
    const walks = Array.from({ length: 60 }, (_, visitor) => {
      const trail = TRAILS[visitor % 3] ?? [];
      const day = 4 + Math.floor(visitor / 6);
      return trail
        .slice(visitor % 2)
        .map((id, step) =>
          viewed(id, { anonymousId: `walker-${visitor}` }, `2026-01-${String(day).padStart(2, '0')}T10:0${step}:00Z`),
        );
    }).flat();
    const orders = Array.from({ length: 12 }, (_, buyer) => {
      const lines = (TRAILS[buyer % 3] ?? [])
        .slice(0, 2)
        .map((productId, line) => ({ lineId: String(line), productId, quantity: 1, unitPrice: 1_000 }));
      return said('order.placed', '2026-01-15T10:00:00Z', {
        orderId: `ord-${buyer}`,
        memberId: `buyer-${buyer}`,
        currency: 'EUR',
        lines,
      });
    });
    await tell(...products, ...walks, ...orders);
    expect(await train()).toMatchObject({
      outcome: 'published',
      reason: 'first',
      counts: { items: 13, purchases: 24 },
    });
  });

  test('answers with the model that it has trained, and trains nothing from the same twice', async () => {
    expect(await train()).toMatchObject({ outcome: 'kept', reason: 'unchanged' });
    await tell(viewed('teapot', { anonymousId: 'guest-1' }));
    const page = await visitorPage('guest-1');
    expect(page.engine).toMatchObject({ name: 'in_house', modelVersion: expect.stringMatching(/^20260115T/) });
    expect(idsOf(page).slice(0, 3)).toContain('cup');
    expect(page.recommendationId).not.toBe((await visitorPage('guest-1')).recommendationId);
  });

  test('gives the same list to the same question', async () => {
    await tell(viewed('rake', { anonymousId: 'guest-same' }));
    const [one, other] = [await visitorPage('guest-same'), await visitorPage('guest-same')];
    expect(one.items).toEqual(other.items);
  });

  test('changes the next list with one look', async () => {
    await tell(viewed('teapot', { anonymousId: 'guest-2' }));
    expect(idsOf(await visitorPage('guest-2'))[0]).toMatch(/cup|teapot|saucer|kettle/);
    await tell(viewed('hose', { anonymousId: 'guest-2' }, '2026-01-20T10:01:00Z'));
    const page = await visitorPage('guest-2');
    expect(
      page.items.slice(0, 3).some(({ reasons }) => reasons.some(({ anchor }) => anchor?.productId === 'hose')),
    ).toBe(true);
  });

  test('counts a click on a recommendation like a look', async () => {
    const { recommendationId } = await visitorPage('guest-3');
    const data = { recommendationId, anonymousId: 'guest-3' };
    await tell(
      said('recommendation.shown', '2026-01-20T10:00:00Z', { ...data, productIds: ['jeans', 'hose'] }),
      said('recommendation.clicked', '2026-01-20T10:00:01Z', { ...data, productId: 'jeans' }),
    );
    const [first] = (await visitorPage('guest-3')).items;
    expect(['jeans', 'shirt', 'socks', 'belt']).toContain(first?.productId);
  });

  test('says why in the language of who asks', async () => {
    await tell(viewed('teapot', { anonymousId: 'guest-4' }));
    const english = await visitorPage('guest-4', '?locale=en-GB');
    const chinese = await visitorPage('guest-4', '?locale=zh-CN');
    const textOf = (page: Page) => page.items.flatMap(({ reasons }) => reasons.map(({ text }) => text)).join(' ');
    expect(textOf(english)).toContain('Because you viewed teapot today');
    expect(textOf(chinese)).toContain('因为您今天浏览过“teapot”');
  });

  test('shows beside a product what goes with it, to everybody, without the product itself', async () => {
    const answer = await fetch(`${runtime.url}/v1/products/teapot/related?limit=3`);
    const page = (await answer.json()) as Page;
    expect(answer.status).toBe(200);
    expect(idsOf(page)).not.toContain('teapot');
    expect(['cup', 'saucer', 'kettle']).toContain(page.items[0]?.productId);
    expect(page.personal).toBe(false);
    // Nobody has looked at it: the page shows it.
    expect(JSON.stringify(page)).not.toMatch(/you viewed|you come back/);
  });

  test('answers for a product and a member that nobody knows, and says what it did instead', async () => {
    const related = await ask('/v1/products/never-heard-of/related');
    expect(related.items.length).toBeGreaterThan(0);
    expect(related.engine).toMatchObject({ name: 'popular', fallback: { from: 'in_house', cause: 'cold' } });
    expect((await memberPage('never-heard-of')).engine.fallback).toEqual({ from: 'in_house', cause: 'cold' });
    expect((await visitorPage('guest-5', '?context=product&productId=never-heard-of')).items.length).toBeGreaterThan(0);
  });

  test.each([
    ['limit=0', 'query.limit'],
    ['limit=1000', 'query.limit'],
    ['limit=some', 'query.limit'],
    ['context=moon', 'query.context'],
    ['context=product', 'query.productId'],
    ['productId=a%20b', 'query.productId'],
    ['minPrice=5&maxPrice=4', 'query.maxPrice'],
    ['minPrice=-1', 'query.minPrice'],
    ['locale=tooooolong', 'query.locale'],
  ])('refuses %s with the place of what is wrong', async (query, path) => {
    const { status, body } = await shop.get(`/v1/visitors/guest-6/recommendations?${query}`);
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'invalid_request', errors: [{ path }] });
  });

  test('keeps to what is asked for by category, brand and price, and fills no page with anything else', async () => {
    const garden = await visitorPage('guest-7', '?category=Garden');
    expect(idsOf(garden).toSorted()).toEqual(['gloves', 'hose', 'rake', 'spade']);
    expect(idsOf(await visitorPage('guest-7', '?category=Home')).toSorted()).toEqual([
      'cup',
      'kettle',
      'saucer',
      'teapot',
    ]);
    expect(idsOf(await visitorPage('guest-7', '?brandId=thread&maxPrice=2000')).toSorted()).toEqual(['jeans', 'shirt']);
    const none = await visitorPage('guest-7', '?category=Moon');
    expect(none.items).toEqual([]);
    expect(none.leftOut.other_category).toBeGreaterThan(0);
  });

  test('takes what cannot be sold off every list at once, and puts it back', async () => {
    const change = (availability: string, time: string) =>
      product('saucer', { categories: ['Home/Kitchen'], brandId: 'hearth', availability }, time);
    await tell(viewed('teapot', { anonymousId: 'guest-8' }));
    expect(idsOf(await visitorPage('guest-8'))).toContain('saucer');
    await tell(change('out_of_stock', '2026-01-20T11:00:00Z'));
    const without = await visitorPage('guest-8');
    expect(idsOf(without)).not.toContain('saucer');
    expect(without.leftOut.out_of_stock).toBeGreaterThan(0);
    await tell(change('discontinued', '2026-01-20T11:01:00Z'));
    expect((await visitorPage('guest-8')).leftOut.discontinued).toBeGreaterThan(0);
    await tell(change('in_stock', '2026-01-20T11:02:00Z'));
    expect(idsOf(await visitorPage('guest-8'))).toContain('saucer');
  });

  test('takes a brand that may not be sold off every list until it is reinstated', async () => {
    const restriction = {
      sanctionId: 'san-1',
      brandId: 'dig',
      kind: 'sales_limit',
      cause: { eventId: 'san-1:decision', type: 'sanction.decision', subject: 'san-1' },
      policyVersion: '1',
    };
    const announce = (type: string, at: string): void => {
      number += 1;
      const detail = {
        specversion: '1.0',
        id: `out-${number}`,
        source: 'rapport.reputation',
        type,
        time: at,
        data: { ...restriction, at },
      };
      const entry = { Source: 'rapport.reputation', DetailType: type, EventBusName: runtime.wiring.buses[0] ?? '' };
      runtime.putEvents([{ ...entry, Detail: JSON.stringify(detail) }]);
    };
    await tell(viewed('hose', { anonymousId: 'guest-9' }));
    expect(idsOf(await visitorPage('guest-9'))).toContain('rake');
    announce('brand.restricted.v1', '2026-01-20T12:00:00Z');
    await runtime.settle();
    const without = await visitorPage('guest-9');
    expect(idsOf(without).filter((id) => TRAILS[1]?.includes(id))).toEqual([]);
    expect(without.leftOut.restricted).toBeGreaterThan(0);
    announce('brand.reinstated.v1', '2026-01-20T13:00:00Z');
    await runtime.settle();
    expect(idsOf(await visitorPage('guest-9'))).toContain('rake');
  });

  test('finds a new product by what describes it, before any model knows it', async () => {
    await tell(
      viewed('teapot', { anonymousId: 'guest-10' }),
      product(
        'teapot-green',
        { name: 'green teapot', categories: ['Home/Kitchen'], brandId: 'hearth' },
        '2026-01-20T14:00:00Z',
      ),
    );
    const found = (await visitorPage('guest-10')).items.find(({ productId }) => productId === 'teapot-green');
    expect(found?.reasons.map(({ code }) => code)).toContain('content');
  });

  test('brings along to a member what the visitor did, whatever comes first', async () => {
    await tell(
      viewed('jeans', { anonymousId: 'anon-ann' }, '2026-01-20T15:00:00Z'),
      said('member.identified', '2026-01-20T15:01:00Z', { memberId: 'ann', anonymousId: 'anon-ann' }),
    );
    expect((await memberPage('ann')).items[0]?.productId).toMatch(/jeans|shirt|socks|belt/);
    await tell(
      said('member.identified', '2026-01-20T15:01:00Z', { memberId: 'bea', anonymousId: 'anon-bea' }),
      viewed('jeans', { anonymousId: 'anon-bea' }, '2026-01-20T15:00:00Z'),
    );
    // The rest is the same too but for what chance lets each discover.
    expect(idsOf(await memberPage('bea'))[0]).toBe(idsOf(await memberPage('ann'))[0]);
  });

  test('obeys at once who wants no personalisation: the session and what is popular, and nothing that was bought', async () => {
    const consent = (personalisation: boolean, time: string) =>
      said('member.consent_changed', time, {
        memberId: 'cat',
        consents: { personalisation },
        statementVersion: '2026-01',
      });
    const line = { lineId: '1', productId: 'kettle', quantity: 1, unitPrice: 1_000 };
    await tell(
      said('order.placed', '2026-01-16T10:00:00Z', {
        orderId: 'ord-cat',
        memberId: 'cat',
        currency: 'EUR',
        lines: [line],
      }),
      viewed('hose', { memberId: 'cat' }, '2026-01-18T10:00:00Z'),
      viewed('jeans', { memberId: 'cat' }, '2026-01-20T16:00:00Z'),
    );
    const before = await memberPage('cat');
    expect(before).toMatchObject({
      personal: true,
      consent: { personalisation: { given: false, withoutStatement: 'allowed' } },
    });
    expect(JSON.stringify(before)).toMatch(/hose|kettle/);
    await tell(consent(false, '2026-01-20T16:01:00Z'));
    const without = await memberPage('cat');
    expect(without.personal).toBe(false);
    expect(without.consent).toEqual({
      personalisation: {
        given: false,
        statementVersion: '2026-01',
        since: '2026-01-20T16:01:00.000Z',
        eventId: expect.stringMatching(/^evt-/),
      },
    });
    const happened = without.items.flatMap(({ reasons }) => reasons).filter(({ anchor }) => anchor?.at !== undefined);
    const anchors = happened.map(({ anchor }) => anchor?.productId);
    expect(new Set(anchors)).toEqual(new Set(['jeans']));
    expect(codesOf(without)).not.toContain('repeat');
    await tell(consent(true, '2026-01-20T16:02:00Z'));
    const again = await memberPage('cat');
    expect(idsOf(again)).toEqual(idsOf(before));
    expect(again.consent).toMatchObject({ personalisation: { given: true, since: '2026-01-20T16:02:00.000Z' } });
    const member = (await shop.get('/v1/members/cat')).body;
    expect(member.consents).toMatchObject({
      personalisation: true,
      statements: { personalisation: { since: '2026-01-20T16:02:00.000Z', statementVersion: '2026-01' } },
    });
  });

  test('leaves out for a while what was bought just now, and what was shown too often', async () => {
    const line = { lineId: '1', productId: 'cup', quantity: 1, unitPrice: 1_000 };
    await tell(
      viewed('teapot', { memberId: 'dan' }, '2026-01-20T10:00:00Z'),
      said('order.placed', '2026-01-20T10:01:00Z', {
        orderId: 'ord-dan',
        memberId: 'dan',
        currency: 'EUR',
        lines: [line],
      }),
      ...Array.from({ length: 5 }, (_, at) =>
        said('recommendation.shown', `2026-01-20T10:0${2 + at}:00Z`, {
          recommendationId: `rec-${at}`,
          memberId: 'dan',
          productIds: ['saucer'],
        }),
      ),
    );
    const page = await memberPage('dan');
    expect(page.leftOut).toMatchObject({ just_bought: 1, seen_too_often: 1 });
    expect(idsOf(page)).not.toContain('cup');
    expect(idsOf(page)).not.toContain('saucer');
  });

  test('answers out of a long history and one with wrong clocks', async () => {
    const long = Array.from({ length: 400 }, (_, at) => {
      const id = TRAILS.flat()[at % 12] ?? '';
      return viewed(id, { anonymousId: 'guest-long' }, new Date(Date.UTC(2026, 0, 18) + at * 60_000).toISOString());
    });
    await tell(...long);
    expect((await visitorPage('guest-long')).items).toHaveLength(13 + 1);
    // No later event is possible on a clock that follows events: a storefront ten minutes ahead of the others.
    await tell(viewed('belt', { anonymousId: 'guest-ahead' }, '2026-01-20T18:10:00Z'));
    expect((await visitorPage('guest-ahead')).engine.name).toBe('in_house');
  });

  test('asks engines in the order of the policy, which counts from the next page on', async () => {
    await tell(viewed('teapot', { anonymousId: 'guest-11' }));
    await putPolicy({ 'recommendations.engines': ['newest', 'popular'] });
    expect((await visitorPage('guest-11')).engine).toMatchObject({
      name: 'newest',
      attempts: [{ engine: 'newest' }, { engine: 'popular' }],
    });
    await putPolicy({ 'recommendations.weights.home': { session: 0, neighbours: 0, content: 3 } });
    const page = await visitorPage('guest-11');
    expect(codesOf(page)).not.toContain('session');
    await putPolicy({});
  });

  test('lets nobody see the list of another, or of a visitor', async () => {
    const ann = await runtime.token({ scope: 'member', member: 'ann' });
    expect((await shop.get('/v1/members/ann/recommendations', ann)).status).toBe(200);
    expect((await shop.get('/v1/members/bea/recommendations', ann)).status).toBe(403);
    expect((await shop.get('/v1/visitors/guest-1/recommendations', ann)).status).toBe(403);
    expect((await fetch(`${runtime.url}/v1/visitors/guest-1/recommendations`)).status).toBe(401);
    expect((await shop.get('/v1/models')).status).toBe(403);
  });

  test('lists its models, and goes back to one that it had', async () => {
    const headers = { authorization: `Bearer ${admin}`, 'content-type': 'application/json' };
    const versions = async () => {
      const answer = await fetch(`${runtime.url}/v1/models`, { headers });
      return ((await answer.json()) as { items: { version: string; serving: boolean }[] }).items;
    };
    const [first] = await versions();
    expect(first).toMatchObject({ serving: true });
    expect(await train()).toMatchObject({ outcome: 'published' });
    const all = await versions();
    expect(all.map(({ serving }) => serving)).toEqual([true, false]);
    const body = JSON.stringify({ version: first?.version });
    const back = await fetch(`${runtime.url}/v1/models/rollback`, { method: 'POST', headers, body });
    expect([back.status, await back.json()]).toMatchObject([
      200,
      { version: first?.version, previous: all[0]?.version },
    ]);
    expect((await versions()).map(({ serving }) => serving)).toEqual([false, true]);
    const unknown = await fetch(`${runtime.url}/v1/models/rollback`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ version: '20200101T000000-00000000' }),
    });
    expect(unknown.status).toBe(404);
  });
});
