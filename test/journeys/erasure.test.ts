import { type AttributeValue, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LogEntry } from '../../infra/local/log.ts';
import { createRuntime, type Runtime } from '../../infra/local/runtime.ts';
import { openLocalBackend } from '../../infra/repair/local-backend.ts';
import { reconcile } from '../../infra/repair/reconcile/reconcile.ts';
import { putRecord, readRecord } from '../../shared/adapters/dynamo/profile-records.ts';
import { isEntry } from '../../shared/domain/loyalty/entries.ts';
import {
  type Asked,
  askWith,
  commandsOf,
  LIFE_IS_OVER,
  LIFE_NAME,
  LIFE_WORDS,
  lifeOf,
  offerCoupon,
} from '../support/member-life.ts';
import { readProfile, scanTable } from '../support/profile-table.ts';
import { runCommand } from '../support/run-command.ts';
import { openStorefront, type Storefront } from '../support/storefront.ts';
import { readable } from '../support/table-text.ts';

let runtime: Runtime;
let shop: Storefront;
let admin: string;
let desk: string;
const logs: LogEntry[] = [];

beforeAll(async () => {
  runtime = await createRuntime({ virtualClock: true, onLog: (entry) => logs.push(entry) });
  shop = await openStorefront(runtime);
  admin = await runtime.token({ scope: 'admin', member: 'head-of-privacy' });
  desk = await runtime.token({ scope: 'desk members:write events:write members:read reputation:read' });
  for (const memberId of ['ann', 'bob', 'dan', 'eve']) await live(memberId);
  await until(LIFE_IS_OVER);
  await offerCoupon(runtime, { id: 'life', kind: 'percent', percent: 20, validDays: 30, perMember: 1, budget: 4 });
  for (const memberId of ['ann', 'bob', 'dan', 'eve']) await commandsOf(runtime, memberId);
  // Refused: the id stands for other content.
  await shop.send({
    type: 'member.checked_in.v1',
    id: 'member.checked_in-ann',
    time: '2026-01-06T08:00:00Z',
    data: { memberId: 'ann' },
  });
  expect(await runtime.settle()).toEqual({ deadLetters: 0 });
}, 60_000);
afterAll(async () => {
  await runtime?.stop();
});

async function live(memberId: string): Promise<void> {
  const { status, body } = await shop.send(...lifeOf(memberId));
  expect([status, body.rejected]).toEqual([202, []]);
}

const ask = (method: string, path: string, token: string, body?: unknown): Promise<Asked> =>
  askWith(runtime, token, method, path, body);
const own = (memberId: string) => runtime.token({ scope: 'member', member: memberId });

async function until(time: string): Promise<void> {
  runtime.clock.advanceTo(Date.parse(time));
  expect(await runtime.settle()).toEqual({ deadLetters: 0 });
}

const erasedCount = () =>
  logs.reduce((sum, { line }) => {
    const counts = typeof line === 'object' && line !== null && 'ErasedMember' in line ? line.ErasedMember : 0;
    return sum + Number(counts);
  }, 0);

const profile = () => readProfile(runtime.tablesEndpoint, 'rapport-dev-profile');

/** Puts a review beside its neighbours as its author's, as somebody does who has read it before its author was erased. */
async function putBeside(reviewId: string, memberId: string): Promise<void> {
  const client = new DynamoDBClient({
    endpoint: runtime.tablesEndpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const table = 'rapport-dev-reputation';
  const items = (await scanTable(runtime.tablesEndpoint, table)).filter(({ sk }) => sk?.S?.startsWith('WINDOW#'));
  const windows = items.map((item) => ({ item, record: readRecord<{ rows: Row[] }>(item) }));
  const found = windows.find(({ record }) => record?.rows.some((row) => row.reviewId === reviewId));
  const { rows = [], version = 0 } = found?.record ?? {};
  const own = rows.map((row) => (row.reviewId === reviewId ? { ...row, memberId } : row));
  const place = { pk: found?.item.pk?.S ?? '', sk: found?.item.sk?.S ?? '' };
  const record = { ...found?.record, rows: own, version: version + 1 };
  await client.send(new PutItemCommand(putRecord(table, place, record)));
  client.destroy();
}

type Row = { reviewId: string; memberId: string };

const placeOf = ({ pk, sk }: Record<string, AttributeValue>) => `${pk?.S} ${sk?.S}`;

/** Where the items of a table stand. */
async function places(table: string): Promise<string[]> {
  return (await scanTable(runtime.tablesEndpoint, table)).map(placeOf);
}

/** What every table says, by its name; always in the same words. */
async function tables(): Promise<Map<string, string>> {
  const names = runtime.wiring.tables.map(({ name }) => name);
  const texts = names.map(async (name) => {
    const items = (await scanTable(runtime.tablesEndpoint, name)).map((item) =>
      Object.fromEntries(Object.entries(item).sort(([one], [other]) => (one < other ? -1 : 1))),
    );
    return [name, readable(items.sort((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1)))] as const;
  });
  return new Map(await Promise.all(texts));
}

type Exported = { memberId: string; parts: { part: string; items: Record<string, unknown>[] }[] };
type Receipt = { receiptId: string; stores: { store: string; what: string; outcome: string; count?: number }[] };

describe('export', () => {
  test('gives everything, in the clear, to the member and to an admin', async () => {
    const answer = await ask('GET', '/v1/members/ann/export', await own('ann'));
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    const { parts } = answer.body as unknown as Exported;
    const part = (name: string) => parts.find((it) => it.part === name)?.items ?? [];
    expect(part('member')).toMatchObject([{ memberId: 'ann', displayName: LIFE_NAME, tier: { id: 'silver' } }]);
    expect(part('person')).toMatchObject([
      { field: 'displayName', value: LIFE_NAME },
      { field: 'birthday', value: '1990-02-28' },
    ]);
    expect(part('registration')).toContainEqual({
      field: 'marketing',
      value: true,
      at: '2026-01-04T09:00:00.000Z',
      eventId: 'member.registered-ann',
    });
    expect(new Set(part('orders').map((it) => it.orderId))).toEqual(new Set(['ord-0-ann', 'ord-1-ann', 'ord-2-ann']));
    const pages = await shop.get('/v1/members/ann/ledger?limit=100');
    const ledger = pages.body.items as unknown as { entryId: string }[];
    expect(part('ledger').map((it) => it.entryId)).toEqual(ledger.map(({ entryId }) => entryId).reverse());
    expect(part('causes').map((it) => it.causeId)).toEqual(
      expect.arrayContaining(['checkin:member.checked_in-ann', 'redemption:red-ann', 'adjustment:adj-ann']),
    );
    expect(part('coupons')).toMatchObject([{ couponId: 'c-ann', state: 'issued' }]);
    const { title, review, complaint, answer: answered, adjustment } = LIFE_WORDS;
    expect(part('reviews')).toMatchObject([{ reviewId: 'rev-ann', state: 'published', title, text: review }]);
    expect(part('reviewer')).toMatchObject([{ memberId: 'ann' }]);
    expect(part('complaints')).toMatchObject([
      { complaintId: 'cmp-ann', history: [{ text: complaint }, { text: answered }] },
    ]);
    expect(part('votes')).toEqual([{ reviewId: 'rev-of-other-ann' }]);
    expect(part('visitors')).toMatchObject([{ anonymousId: 'anon-ann', orderIds: ['ord-0-ann'] }]);
    expect(part('histories').map((it) => it.owner)).toEqual([
      { kind: 'member', id: 'ann' },
      { kind: 'visitor', id: 'anon-ann' },
    ]);
    expect(JSON.stringify(part('words'))).toContain(adjustment);
    expect(part('refused')).toMatchObject([{ eventId: 'member.checked_in-ann' }]);
    expect(part('stores').map((it) => it.store)).toEqual(expect.arrayContaining(['vault', 'profile', 'lake']));
    expect((await ask('GET', '/v1/members/ann/export', admin)).body.parts).toEqual(answer.body.parts);
  });

  test('gives nothing of an unknown member, nor to anybody else', async () => {
    expect((await ask('GET', '/v1/members/nobody/export', admin)).status).toBe(404);
    expect((await ask('GET', '/v1/members/ann/export', await own('bob'))).status).toBe(403);
    expect((await ask('GET', '/v1/members/ann/export', desk)).status).toBe(403);
    expect((await ask('GET', '/v1/members/ann/export?cursor=x', admin)).body.code).toBe('invalid_cursor');
  });
});

describe('erasure', () => {
  let receipt: Receipt;
  let ratingBefore: Record<string, unknown>;

  test('is for the member and for an admin, of a member there is', async () => {
    expect((await ask('DELETE', '/v1/members/ann', await own('bob'))).status).toBe(403);
    expect((await ask('DELETE', '/v1/members/ann', desk)).status).toBe(403);
    expect((await ask('DELETE', '/v1/members/nobody', admin)).status).toBe(404);
    expect((await ask('GET', '/v1/members/ann/erasure', admin)).status).toBe(404);
    ratingBefore = (await shop.get('/v1/products/teapot/reputation')).body;
  });

  test('answers with a receipt of each store, which names nobody', async () => {
    const erased = await ask('DELETE', '/v1/members/ann', await own('ann'));
    expect(erased.status, JSON.stringify(erased.body)).toBe(200);
    receipt = erased.body as unknown as Receipt;
    expect(erased.body).toMatchObject({ state: 'done', by: { kind: 'member' } });
    const count = (what: string) => receipt.stores.find((it) => it.what.startsWith(what))?.count;
    expect(count('keys of the member')).toBe(1 + 3 + 1 + 1 + 1);
    expect(count('coupons')).toBe(1);
    expect(count('visitors')).toBe(1);
    expect(count('reviews')).toBe(1);
    expect(count('votes')).toBe(1);
    expect(count('complaints')).toBe(1);
    expect(count('events that were refused')).toBe(1);
    const stores = new Set(receipt.stores.map(({ store }) => store));
    for (const store of ['vault', 'profile', 'reputation', 'recommend', 'inbox', 'limits', 'catalog', 'lake']) {
      expect(stores, store).toContain(store);
    }
    for (const personal of ['ann', LIFE_NAME, ...Object.values(LIFE_WORDS)]) {
      expect(JSON.stringify(receipt.stores)).not.toMatch(new RegExp(`\\b${personal}\\b`));
    }
    expect(await runtime.settle()).toEqual({ deadLetters: 0 });
  });

  test('leaves no word of the member in any table', async () => {
    for (const [table, text] of await tables()) {
      // What bob, dan and eve have said in the same words is theirs; nothing of it stands there in the clear either.
      for (const words of [LIFE_NAME, '1990-02-28', ...Object.values(LIFE_WORDS)]) {
        expect(text.includes(words), `${table}: ${words}`).toBe(false);
      }
    }
    const vault = await places('rapport-dev-vault');
    expect(vault).toContain('MEMBER#bob PERSON');
    expect(vault.filter((it) => /^[A-Z]+#(.*-)?ann /.test(it) && !it.endsWith(' KEY'))).toEqual([]);
    const recommend = (await tables()).get('rapport-dev-recommend') ?? '';
    expect(recommend).toContain('MEMBER#bob');
    expect(recommend).not.toMatch(/MEMBER#ann|VISITOR#anon-ann/);
  });

  test('keeps the stars, and nobody sees whose they are', async () => {
    const { rating } = (await shop.get('/v1/products/teapot/reputation')).body as unknown as { rating: unknown };
    expect(rating).toEqual(ratingBefore.rating);
    const listed = (await shop.get('/v1/products/teapot/reviews?limit=100')).body.items as unknown as {
      reviewId: string;
    }[];
    const review = listed.find(({ reviewId }) => reviewId === 'rev-ann');
    expect(review).toMatchObject({ author: 'anonymous', ratings: { product: 5 }, votes: { helpful: 1 } });
    expect(review).not.toHaveProperty('text');
    expect(review).not.toHaveProperty('title');
    const seen = await ask('GET', '/v1/desk/reviews/rev-ann', desk);
    expect(seen.body).toMatchObject({ state: 'published' });
    expect(seen.body).not.toHaveProperty('memberId');
    expect((await ask('GET', '/v1/complaints/cmp-ann', desk)).status).toBe(404);
    const reputation = (await tables()).get('rapport-dev-reputation') ?? '';
    expect(reputation).not.toMatch(/"memberId":"ann"|REVIEWER#ann|VOTER#ann|VOTE#ann/);
  });

  test('balances the books without anybody in them', async () => {
    const { accounts, journals } = await profile();
    const entries = (journals.get('ann') ?? []).filter(isEntry);
    const sum = (state: string) =>
      entries.filter((it) => it.state === state).reduce((total, { points }) => total + points, 0);
    expect([sum('pending'), sum('available'), sum('debt')]).toEqual([0, 0, 0]);
    expect(entries.filter(({ kind, eventType }) => kind === 'adjust' && eventType === 'member.erased')).toMatchObject([
      { state: 'pending', eventId: receipt.receiptId, arithmetic: expect.stringMatching(/= 0$/) },
      { state: 'available' },
    ]);
    expect(accounts.get('ann')?.account).toMatchObject({ lots: [], held: [], openPoints: 0, debt: 0 });
    expect(JSON.stringify(accounts.get('ann')?.account)).not.toMatch(/Home|hearth|Asia/);
    const backend = await openLocalBackend(runtime.url);
    const { differences, moving } = await reconcile(backend);
    backend.close();
    expect([differences, moving]).toEqual([[], []]);
  });

  test('lets the member be asked for by nobody any more, on any route', async () => {
    const token = await own('ann');
    for (const { routeKey } of runtime.wiring.routes) {
      const [method = '', path = ''] = routeKey.split(' ');
      if (!path.startsWith('/v1/members/{id}')) continue;
      const url = path
        .replace('{id}', 'ann')
        .replace('{couponId}', 'c-ann')
        .replace('{redemptionId}', 'red-ann')
        .replace('{reviewId}', 'rev-ann');
      const body = BODIES[routeKey] ?? (method === 'POST' ? {} : undefined);
      // A member's own token is refused for what it may not do even before it is refused for whose it is.
      expect([401, 403], `${routeKey} by the member`).toContain((await ask(method, url, token, body)).status);
      if (path.endsWith('/erasure') || method === 'DELETE') continue;
      const scope = 'members:read members:write desk admin reputation:read';
      const service = await runtime.token({ scope });
      expect((await ask(method, url, service, body)).status, `${routeKey} by a service`).toBe(404);
    }
    const basket = { currency: 'CNY', lines: [{ lineId: '1', productId: 'teapot', quantity: 1, unitPrice: 100 }] };
    expect((await ask('POST', '/v1/quotes', desk, { memberId: 'ann', ...basket })).status).toBe(404);
    expect((await ask('POST', '/v1/quotes', token, { memberId: 'ann', ...basket })).status).toBe(401);
    expect((await ask('GET', '/v1/complaints/cmp-bob', token)).status).toBe(401);
    const complaint = { complaintId: 'cmp-late', memberId: 'ann', productId: 'teapot', category: 'other' };
    expect((await ask('POST', '/v1/complaints', token, complaint)).status).toBe(401);
    expect((await ask('POST', '/v1/complaints', desk, complaint)).status).toBe(404);
  });

  test('counts what comes late, and applies none of it', async () => {
    const before = await tables();
    const counted = erasedCount();
    const late = await shop.send(
      { type: 'order.completed.v1', id: 'late-1', time: '2026-01-20T10:05:00Z', data: { orderId: 'ord-2-ann' } },
      { type: 'member.checked_in.v1', id: 'late-2', time: '2026-01-20T10:05:00Z', data: { memberId: 'ann' } },
      {
        type: 'member.updated.v1',
        id: 'late-3',
        time: '2026-01-20T10:05:00Z',
        data: { memberId: 'ann', displayName: LIFE_NAME },
      },
      {
        type: 'complaint.rated.v1',
        id: 'late-4',
        time: '2026-01-20T10:05:00Z',
        data: { complaintId: 'cmp-ann', satisfaction: 1 },
      },
    );
    expect([late.status, late.body.rejected]).toEqual([202, []]);
    await until('2026-01-20T10:10:00Z');
    expect(erasedCount()).toBeGreaterThanOrEqual(counted + 4);
    const after = await tables();
    for (const table of [
      'rapport-dev-profile',
      'rapport-dev-reputation',
      'rapport-dev-recommend',
      'rapport-dev-vault',
    ]) {
      expect(after.get(table), table).toBe(before.get(table));
    }
  });

  test('gives the unit of a coupon back to the others', async () => {
    const issued = await ask('POST', '/v1/members/other-bob/coupons', desk, { couponId: 'c-new', definition: 'life' });
    expect(issued.status, JSON.stringify(issued.body)).toBe(201);
  });

  test('is done once: who asks again is given the receipt and changes nothing', async () => {
    const before = await tables();
    const again = await ask('DELETE', '/v1/members/ann', admin);
    expect(again).toMatchObject({ status: 410, body: { code: 'member_erased', receipt } });
    expect((await ask('GET', '/v1/members/ann/erasure', admin)).body).toEqual(receipt);
    expect((await ask('GET', '/v1/members/ann/erasure', desk)).status).toBe(403);
    expect(await tables()).toEqual(before);
  });

  test('is gone through once more when all has ended that was under way', async () => {
    await until('2026-01-20T13:00:00Z');
    const { body } = await ask('GET', '/v1/members/ann/erasure', admin);
    expect(body).toMatchObject({ ...receipt, checkedAt: expect.stringMatching(/^2026-01-20T1[123]/) });
    expect((await tables()).get('rapport-dev-inbox')).not.toContain('OPEN#ann');
  });

  test('asked for twice at once is one erasure', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => ask('DELETE', '/v1/members/bob', admin)));
    expect(answers.every(({ status }) => status === 200 || status === 410)).toBe(true);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    const ids = answers.map(
      ({ body }) => (body.receiptId ?? (body.receipt as Receipt | undefined)?.receiptId) as string,
    );
    expect(new Set(ids).size).toBe(1);
    expect(await runtime.settle()).toEqual({ deadLetters: 0 });
    expect((await tables()).get('rapport-dev-reputation')).not.toMatch(/"memberId":"bob"/);
  });

  test('while events of the member are under way ends in the same state', async () => {
    const busy = shop.send(
      ...lifeOf('dan').map((it) => ({ ...it, id: `again-${it.id}`, time: '2026-01-20T13:00:00Z' })),
    );
    const erased = ask('DELETE', '/v1/members/dan', admin);
    expect([(await busy).status, (await erased).status]).toEqual([202, 200]);
    expect(await runtime.settle()).toEqual({ deadLetters: 0 });
    await putBeside('rev-dan', 'dan');
    await until('2026-01-20T16:00:00Z');
    const texts = await tables();
    expect(texts.get('rapport-dev-reputation')).not.toMatch(/"memberId":"dan"|REVIEWER#dan|VOTER#dan|VOTE#dan/);
    expect(texts.get('rapport-dev-recommend')).not.toMatch(/MEMBER#dan|VISITOR#anon-dan/);
    const left = [...(await places('rapport-dev-profile')), ...(await places('rapport-dev-vault'))];
    expect(left.filter((it) => /^MEMBER#dan (REGISTRATION|COUPONS|VISITOR|PERSON|WORDS|COMPLAINT)/.test(it))).toEqual(
      [],
    );
    const { accounts } = await profile();
    expect(accounts.get('dan')?.account.closedAtMs).toBeGreaterThan(0);
    const backend = await openLocalBackend(runtime.url);
    const { differences } = await reconcile(backend);
    backend.close();
    expect(differences).toEqual([]);
  });
});

test('the command exports, erases and proves', async () => {
  const url = ['--url', runtime.url];
  const exported = await runCommand('members', 'export', '--member', 'eve', ...url);
  expect(exported).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(exported.out)).toMatchObject({ memberId: 'eve' });
  const refusals: [args: string[], line: RegExp][] = [
    [['export', '--member', 'nobody', ...url], /^members: The shop knows no member of this id\.\n$/],
    [['erase', '--member', 'nobody', '--yes', ...url], /^members: The shop knows no member of this id\.\n$/],
    [['receipt', '--member', 'eve', ...url], /^members: No member of this id has been erased\.\n$/],
    [['erase', '--member', 'eve', ...url], /^members: There is no way back from this: say --yes\.\n$/],
    [['erase', '--yes'], /^members: Which member\?/],
    [['export', '--member', 'a b'], /^members: "a b" is no id of a member\.\n$/],
    [['forget', '--member', 'eve'], /^members: "forget" is none of/],
    [['export', '--member', 'eve', '--colour'], /^members: Unknown option/],
  ];
  for (const [args, line] of refusals) {
    const ran = await runCommand('members', ...args);
    expect([ran.code, ran.out, args.join(' ')]).toEqual([2, '', args.join(' ')]);
    expect(ran.err).toMatch(line);
  }
  const erased = await runCommand('members', 'erase', '--member', 'eve', '--yes', ...url);
  expect(erased).toMatchObject({ code: 0, err: '' });
  const receipt = JSON.parse(erased.out.trim().split('\n').at(-1) ?? '') as Receipt;
  const shown = await runCommand('members', 'receipt', '--member', 'eve', ...url);
  expect(shown.out).toBe(erased.out);
  expect(receipt).toMatchObject({ state: 'done' });
  const twice = await runCommand('members', 'erase', '--member', 'eve', '--yes', ...url);
  expect(twice).toEqual({ code: 2, out: '', err: 'members: The member has been erased before.\n' });
  expect((await runCommand('members', 'erase-again', ...url)).out).toMatch(/^4 erasures are done again/);
  expect((await runCommand('members', '--help')).code).toBe(0);
}, 60_000);

/** What the commands are that are asked of a member who is no more: as they would be taken from any other. */
const BODIES: Readonly<Record<string, unknown>> = {
  'POST /v1/members/{id}/redemptions': { redemptionId: 'red-late', points: 1 },
  'POST /v1/members/{id}/adjustments': { adjustmentId: 'adj-late', points: 1, reason: 'late' },
  'POST /v1/members/{id}/coupons': { couponId: 'c-late', definition: 'life' },
  'POST /v1/members/{id}/coupons/{couponId}/hold': { orderId: 'ord-late' },
  'POST /v1/members/{id}/coupons/{couponId}/release': { orderId: 'ord-late' },
  'POST /v1/members/{id}/coupons/{couponId}/revoke': { reason: 'late' },
};
