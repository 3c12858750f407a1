import { DeleteItemCommand, type DynamoDBClient, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRuntime, type Runtime } from '../../infra/local/runtime.ts';
import type { RepairBackend } from '../../infra/repair/backend.ts';
import { redrive } from '../../infra/repair/dead-letters.ts';
import { openLocalBackend } from '../../infra/repair/local-backend.ts';
import { type Reconciled, reconcile } from '../../infra/repair/reconcile/reconcile.ts';
import { pack } from '../../shared/adapters/dynamo/packed.ts';
import { type Item, readRecord } from '../../shared/adapters/dynamo/profile-records.ts';
import type { AccountRecord } from '../../shared/domain/loyalty/book-postings.ts';
import type { ReviewRecord } from '../../shared/domain/review/review-record.ts';
import { type Happening, shopHistory } from '../support/order-histories.ts';
import { scanTable } from '../support/profile-table.ts';
import { reviewHistory } from '../support/review-histories.ts';
import { runCommand } from '../support/run-command.ts';
import { openStorefront } from '../support/storefront.ts';

const SEED = 20_261_123;
/** After all that happens in the histories. */
const NOW = '2027-03-01T00:00:00Z';

/** What comes twice, in another order or late, and functions that break off in the middle. */
const MISFORTUNES = { duplicate: 0.1, reorder: 0.3, delay: 0.05, crashBefore: 0.04, crashAfter: 0.04 };

let runtime: Runtime;
let backend: RepairBackend;
let tables: DynamoDBClient;

beforeAll(async () => {
  runtime = await createRuntime({ virtualClock: true, chaos: { seed: SEED, ...MISFORTUNES } });
  runtime.clock.advanceTo(Date.parse(NOW));
  backend = await openLocalBackend(runtime.url);
  tables = backend.dynamo;
  await tellStory();
  await settleWithRedrive();
  await giveCoupons();
  await settleWithRedrive();
}, 120_000);
afterAll(async () => {
  backend.close();
  await runtime.stop();
});

/** A shop of some months: orders of members, visitors and guests, check-ins, reviews with votes, complaints and inspections. */
async function tellStory(): Promise<void> {
  const [orders = []] = fc.sample(shopHistory({ minOrders: 40, maxOrders: 50, members: 6 }), {
    seed: SEED,
    numRuns: 1,
  });
  const [reviews] = fc.sample(reviewHistory({ orders: 30, reviews: 30 }), { seed: SEED, numRuns: 1 });
  const deeds = Array.from({ length: 6 }, (_, index): Happening[] => [
    happening('member.checked_in.v1', `deed-in-${index}`, { memberId: `m${index + 1}` }),
    happening('complaint.opened.v1', `deed-complaint-${index}`, {
      complaintId: `deed-complaint-${index}`,
      memberId: `m${index + 1}`,
      productId: 'teapot',
      brandId: 'hearth',
      category: 'quality',
    }),
    happening('inspection.completed.v1', `deed-inspection-${index}`, {
      inspectionId: `deed-inspection-${index}`,
      productId: 'rug',
      sampled: 50,
      failed: index,
    }),
  ]).flat();
  const bought = {
    orderId: 'pot-1',
    memberId: 'm1',
    currency: 'EUR',
    lines: [{ lineId: '1', productId: 'teapot', quantity: 1, unitPrice: 4_900 }],
  };
  const opinion = { reviewId: 'pot-1', memberId: 'm1', productId: 'teapot', orderId: 'pot-1', ratings: { product: 4 } };
  const reviewed = [
    happening('product.upserted.v1', 'pot', {
      productId: 'teapot',
      name: 'Pot',
      brandId: 'hearth',
      categories: ['Home'],
    }),
    happening('order.placed.v1', 'pot-1:placed', bought),
    { ...happening('order.completed.v1', 'pot-1:completed', { orderId: 'pot-1' }), time: '2026-06-03T10:00:00Z' },
    { ...happening('review.submitted.v1', 'pot-1:reviewed', opinion), time: '2026-06-09T10:00:00Z' },
  ];
  await send([...reviewed, ...orders, ...(reviews?.happenings ?? []), ...deeds]);
}

function happening(type: string, id: string, data: Record<string, unknown>): Happening {
  return { type, id, time: '2026-06-01T10:00:00Z', data };
}

async function send(happenings: readonly Happening[]): Promise<void> {
  const shop = await openStorefront(runtime);
  for (let from = 0; from < happenings.length; from += 100) {
    const { status, body } = await shop.send(...happenings.slice(from, from + 100));
    expect([status, body.rejected]).toEqual([202, []]);
  }
}

/** What a bad streak has left among the dead letters is sent again, as a person on duty would do. */
async function settleWithRedrive(): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    const { deadLetters } = await runtime.settle();
    if (deadLetters === 0) return;
    await redrive(backend, {}, { waitMs: 30_000, onOutcome: () => undefined });
  }
  await runtime.settle();
}

/** A campaign with a budget, three units of it given. */
async function giveCoupons(): Promise<void> {
  const token = await runtime.token({ scope: 'admin members:write' });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const current = await fetch(`${runtime.url}/v1/policy`, { headers });
  const { policy } = (await current.json()) as { policy: { coupons: unknown[]; version: string } };
  policy.coupons.push({
    id: 'spring',
    kind: 'percent',
    percent: 20,
    minimum: 1,
    validDays: 300,
    perMember: 2,
    budget: 9,
  });
  policy.version = 'spring';
  const changed = await fetch(`${runtime.url}/v1/policy`, {
    method: 'PUT',
    headers: { ...headers, 'if-match': current.headers.get('etag') ?? '' },
    body: JSON.stringify({ policy }),
  });
  expect(changed.status, await changed.text()).toBeLessThan(300);
  for (const [memberId, couponId] of [
    ['m1', 'c-1'],
    ['m1', 'c-2'],
    ['m2', 'c-3'],
  ] as const) {
    const body = JSON.stringify({ couponId, definition: 'spring' });
    const given = await fetch(`${runtime.url}/v1/members/${memberId}/coupons`, { method: 'POST', headers, body });
    expect(given.status, await given.text()).toBe(201);
  }
}

const table = (name: 'profile' | 'reputation') => `rapport-dev-${name}`;
const itemsOf = (name: 'profile' | 'reputation') => scanTable(runtime.tablesEndpoint, table(name));

async function find(name: 'profile' | 'reputation', wanted: (item: Item) => boolean): Promise<Item> {
  const item = (await itemsOf(name)).find(wanted);
  expect(item).toBeDefined();
  return item ?? {};
}

/** Writes an item as nobody would, looks what is found, and puts it back. */
async function found(name: 'profile' | 'reputation', before: Item, after: Item | undefined): Promise<Reconciled> {
  const TableName = table(name);
  if (after === undefined) {
    const Key = { pk: before.pk ?? { S: '' }, sk: before.sk ?? { S: '' } };
    await tables.send(new DeleteItemCommand({ TableName, Key }));
  } else await tables.send(new PutItemCommand({ TableName, Item: after }));
  try {
    return await reconcile(backend);
  } finally {
    await tables.send(new PutItemCommand({ TableName, Item: before }));
  }
}

function changed<Content extends object>(item: Item, change: (content: Content) => void): Item {
  const { version: _, ...content } = readRecord<Content>(item) as Content & { version: number };
  const next = structuredClone(content) as unknown as Content;
  change(next);
  return { ...item, d: { B: pack(next) } };
}

const subjects = ({ differences }: Reconciled) => [...new Set(differences.map(({ subject }) => subject))];

describe('reconciling', { timeout: 60_000 }, () => {
  it('a shop in which all went well comes out even, and says what was compared', async () => {
    const { code, out, err } = await runCommand('reconcile', '--url', runtime.url);
    expect(err).toBe('');
    expect(out).toContain('no differences');
    expect(code).toBe(0);
    const figures = JSON.parse(out.trim().split('\n').at(-1) ?? '') as { compared: Record<string, number> };
    for (const name of [
      'accounts',
      'orders',
      'causes',
      'reviews',
      'reviewers',
      'complaints',
      'inspections',
      'orders counted',
      'sums',
    ]) {
      expect(figures.compared[name], name).toBeGreaterThan(0);
    }
  });

  it('does not mind that a review says no purchase was known, where the order came later and makes it no purchase', async () => {
    const about = { memberId: 'newcomer', productId: 'teapot', ratings: { product: 5 } };
    await send([happening('review.submitted.v1', 'early:reviewed', { reviewId: 'early', ...about })]);
    await runtime.settle();
    const lines = [{ lineId: '1', productId: 'teapot', quantity: 1, unitPrice: 900 }];
    const order = { orderId: 'late', memberId: 'newcomer', currency: 'EUR', lines };
    await send([{ ...happening('order.placed.v1', 'late:placed', order), time: '2026-05-31T10:00:00Z' }]);
    await settleWithRedrive();
    const item = await find('reputation', ({ pk, sk }) => pk?.S === 'REVIEW#early' && sk?.S === 'REVIEW');
    expect(readRecord<ReviewRecord>(item)?.standing?.purchase).toBe('no_purchase_known');
    expect((await reconcile(backend)).differences).toEqual([]);
    // Neither purchase is one: but that it counted as one would be a difference.
    const claimed = changed<ReviewRecord>(item, ({ standing }) =>
      Object.assign(standing ?? {}, { purchase: 'verified' }),
    );
    expect(subjects(await found('reputation', item, claimed))).toEqual(['review early']);
  });

  it('writes nothing', async () => {
    const before = await Promise.all([itemsOf('profile'), itemsOf('reputation')]);
    await reconcile(backend);
    expect(await Promise.all([itemsOf('profile'), itemsOf('reputation')])).toEqual(before);
  });

  it('finds points that nothing brought', async () => {
    const item = await find('profile', ({ sk }) => sk?.S === 'ACCOUNT');
    const tampered = changed<AccountRecord>(item, ({ account }) => {
      account.openPoints += 7;
    });
    const done = await found('profile', item, tampered);
    const subject = `account ${item.pk?.S?.slice('MEMBER#'.length)}`;
    expect(subjects(done)).toEqual([subject]);
    expect(done.differences.map(({ part }) => part)).toEqual(['balances (pending)', 'openPoints']);
  });

  it('finds a tier and a spend that the orders do not come to', async () => {
    const item = await find('profile', ({ sk }) => sk?.S === 'ACCOUNT');
    const tampered = changed<AccountRecord>(item, ({ account }) => {
      account.tier.id = 'diamond';
      account.lifetime.spend += 100;
    });
    const { differences } = await found('profile', item, tampered);
    expect(differences.map(({ part }) => part)).toEqual(['lifetime', 'tier']);
  });

  it('finds an account that is gone, and an order that its journal does not list', async () => {
    const item = await find('profile', ({ sk }) => sk?.S === 'ACCOUNT');
    const memberId = item.pk?.S?.slice('MEMBER#'.length);
    const gone = await found('profile', item, undefined);
    expect(subjects(gone)).toContain(`account ${memberId}`);

    const order = await find('profile', (it) => it.sk?.S === 'ORDER' && it.done !== undefined);
    const lost = await found('profile', order, undefined);
    expect(lost.differences.length).toBeGreaterThan(0);
  });

  it('finds guests that were counted once too often', async () => {
    const item = await find('profile', ({ sk, orders }) => sk?.S === 'GUESTS' && orders !== undefined);
    const { differences } = await found('profile', item, {
      ...item,
      orders: { N: String(Number(item.orders?.N) + 1) },
    });
    expect(differences).toMatchObject([{ subject: 'guests', part: 'orders' }]);
  });

  it('finds units of a coupon that nobody has, and a coupon that no wallet holds', async () => {
    const budget = await find('profile', ({ sk }) => sk?.S === 'BUDGET');
    const overdrawn = await found('profile', budget, { ...budget, unitsOut: { N: '5' } });
    expect(overdrawn.differences).toEqual([{ subject: 'coupons spring', part: 'units out', stands: 5, should: 3 }]);

    const wallet = await find('profile', ({ pk, sk }) => sk?.S === 'COUPONS' && pk?.S === 'MEMBER#m1');
    const { differences } = await found(
      'profile',
      wallet,
      changed<{ tail: string[] }>(wallet, (it) => it.tail.pop()),
    );
    expect(differences.map(({ part }) => part)).toEqual(['coupons', 'which coupons']);
    expect(subjects({ differences, compared: {}, moving: [] })).toEqual(['wallet m1']);
  });

  it('finds a counter that is one too high', async () => {
    const item = await find('reputation', ({ pk, sk }) => sk?.S === 'TALLY' && pk?.S?.startsWith('PRODUCT#') === true);
    const [name = '', value] = Object.entries(item).find(([it]) => it.startsWith('n.')) ?? [];
    const { differences } = await found('reputation', item, { ...item, [name]: { N: String(Number(value?.N) + 1) } });
    expect(differences).toEqual([
      {
        subject: `product ${item.pk?.S?.slice('PRODUCT#'.length)}`,
        part: name.slice(2),
        stands: Number(value?.N) + 1,
        should: Number(value?.N),
      },
    ]);
  });

  it('finds a review that stands where it should not', async () => {
    const item = await find('reputation', (it) => {
      if (it.sk?.S !== 'REVIEW') return false;
      return readRecord<Omit<ReviewRecord, 'version'>>(it)?.standing?.state === 'published';
    });
    const reviewId = item.pk?.S?.slice('REVIEW#'.length);
    const tampered = changed<ReviewRecord>(item, ({ standing }) => {
      if (standing !== undefined) standing.state = 'held';
    });
    const done = await found('reputation', item, tampered);
    expect(subjects(done)).toEqual([`review ${reviewId}`]);
    expect(done.differences.map(({ part }) => part)).toEqual(expect.arrayContaining(['standing', 'listed']));
  });

  it('finds what an order was counted for and does not call for', async () => {
    const item = await find('reputation', ({ sk, counted }) => sk?.S === 'COUNTED' && counted?.S !== '{}');
    const { differences } = await found('reputation', item, { ...item, counted: { S: '{}' } });
    const subject = `order ${item.pk?.S?.slice('ORDER#'.length)}`;
    expect(differences.filter((it) => it.subject === subject)).toMatchObject([{ part: 'counted', stands: '{}' }]);
  });

  it('says it of one member, of one half, and in one line each of what it cannot do', async () => {
    const item = await find('profile', ({ sk }) => sk?.S === 'ACCOUNT');
    const memberId = item.pk?.S?.slice('MEMBER#'.length) ?? '';
    const TableName = table('profile');
    const account = changed<AccountRecord>(item, (it) => {
      it.account.debt += 3;
    });
    await tables.send(new PutItemCommand({ TableName, Item: account }));
    const one = await runCommand('reconcile', '--member', memberId, '--url', runtime.url);
    const scores = await runCommand('reconcile', '--only', 'scores', '--url', runtime.url);
    await tables.send(new PutItemCommand({ TableName, Item: item }));
    expect(one.code).toBe(1);
    expect(one.out).toContain(`account ${memberId}: debt`);
    expect([scores.code, scores.err]).toEqual([0, '']);

    for (const [args, message] of [
      [['--member', 'nobody'], 'The shop knows nothing of member nobody.'],
      [['--only', 'half'], '--only takes accounts or scores, not "half".'],
      [['--fast'], /^Unknown option '--fast'/],
      [['--stage', 'moon'], /^There is no stage "moon"/],
    ] as const) {
      const where = args[0] === '--stage' ? [] : ['--url', runtime.url];
      const { code, err } = await runCommand('reconcile', ...args, ...where);
      expect(code).toBe(2);
      const said = err.replace('reconcile: ', '').trim();
      expect(said).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
    }
  });

  it('does not take for a difference what is still on its way', async () => {
    const item = await find('reputation', ({ pk, sk }) => sk?.S === 'TALLY' && pk?.S?.startsWith('PRODUCT#') === true);
    const TableName = table('reputation');
    const Key = { pk: item.pk ?? { S: '' }, sk: item.sk ?? { S: '' } };
    const [name = ''] = Object.entries(item).find(([it]) => it.startsWith('n.')) ?? [];
    const add = (amount: number) =>
      tables.send(
        new UpdateItemCommand({
          TableName,
          Key,
          UpdateExpression: 'ADD #name :amount',
          ExpressionAttributeNames: { '#name': name },
          ExpressionAttributeValues: { ':amount': { N: String(amount) } },
        }),
      );
    await add(1);
    // Half a second later it is as it should be, as where a counter is only on its way.
    const mended = new Promise((resolve) => setTimeout(resolve, 100)).then(() => add(-1));
    const { differences } = await reconcile(backend);
    await mended;
    expect(differences).toEqual([]);
  });
});
