import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRuntime, type Runtime } from '../../infra/local/runtime.ts';
import type { RepairBackend } from '../../infra/repair/backend.ts';
import { drop } from '../../infra/repair/dead-letters.ts';
import { openLocalBackend } from '../../infra/repair/local-backend.ts';
import { reconcile } from '../../infra/repair/reconcile/reconcile.ts';
import { profileKeys } from '../../shared/adapters/dynamo/keys.ts';
import { type Happening, shopHistory } from '../support/order-histories.ts';
import { scanTable } from '../support/profile-table.ts';
import { type Ran, runCommand } from '../support/run-command.ts';
import { completed, placed } from '../support/shop-story.ts';
import { openStorefront } from '../support/storefront.ts';

type Summary = {
  events: number;
  known: number;
  new: number;
  beside: number;
  refused: Record<string, number>;
  changes: { accounts: number; scores: number; reviews: number };
};

const SPAN = ['--from', '2025-12-01T00:00:00Z', '--to', '2026-06-01T00:00:00Z'];
const NOW = '2026-06-02T00:00:00Z';

let runtime: Runtime;
let backend: RepairBackend;

beforeAll(async () => {
  runtime = await createRuntime({ virtualClock: true });
  runtime.clock.advanceTo(Date.parse(NOW));
  backend = await openLocalBackend(runtime.url);
  const [orders = []] = fc.sample(shopHistory({ minOrders: 25, maxOrders: 30, members: 4 }), { seed: 7, numRuns: 1 });
  await send([...story, ...orders.filter(({ time }) => time < NOW)]);
  await runtime.settle();
}, 120_000);
afterAll(async () => {
  backend.close();
  await runtime.stop();
});

/** Ann buys a teapot, reviews it and is heard; something is complained of, and inspected. */
const story: Happening[] = [
  told('product.upserted.v1', '2026-01-01', 'pot', {
    productId: 'pot',
    name: 'Pot',
    brandId: 'clay',
    categories: ['Home'],
  }),
  told('member.registered.v1', '2026-01-02', 'ann', { memberId: 'ann', displayName: 'Ann', timeZone: 'Asia/Shanghai' }),
  told('member.checked_in.v1', '2026-01-03', 'ann-in', { memberId: 'ann' }),
  placed('2026-01-05', { orderId: 'ann-1', lines: [{ unitPrice: 62_999, productId: 'pot' }] }),
  completed('2026-01-08', { orderId: 'ann-1' }),
  told('review.submitted.v1', '2026-01-20', 'ann-says', {
    reviewId: 'rev-1',
    memberId: 'ann',
    productId: 'pot',
    orderId: 'ann-1',
    ratings: { product: 5, service: 4 },
    text: 'The lid closes without a gap, and nothing has dripped on the cloth in a month of daily tea.',
  }),
  told('review.voted.v1', '2026-01-21', 'bob-votes', { reviewId: 'rev-1', voterId: 'bob', helpful: true }),
  told('complaint.opened.v1', '2026-01-22', 'ann-complains', {
    complaintId: 'com-1',
    memberId: 'ann',
    brandId: 'clay',
    category: 'delivery',
  }),
  told('inspection.completed.v1', '2026-01-23', 'inspected', {
    inspectionId: 'insp-1',
    productId: 'pot',
    sampled: 50,
    failed: 1,
  }),
  told('product.viewed.v1', '2026-01-24', 'ann-views', { productId: 'pot', memberId: 'ann' }),
];

function told(type: string, day: string, id: string, data: Record<string, unknown>): Happening {
  return { type, id, time: `${day}T10:00:00Z`, data };
}

async function send(happenings: readonly Happening[]): Promise<void> {
  const shop = await openStorefront(runtime);
  for (let from = 0; from < happenings.length; from += 100) {
    const { status, body } = await shop.send(...happenings.slice(from, from + 100));
    expect([status, body.rejected]).toEqual([202, []]);
  }
}

const replay = (...args: string[]) => runCommand('replay', ...args, '--url', runtime.url);

function summaryOf({ code, out, err }: Ran): Summary {
  expect(err).toBe('');
  expect(code).toBe(0);
  return JSON.parse(out.trim().split('\n').at(-1) ?? '') as Summary;
}

/** Everything in every table. */
async function dump(): Promise<Record<string, unknown>> {
  const dumped = await Promise.all(
    runtime.wiring.tables.map(async ({ name }) => {
      const items = await scanTable(runtime.tablesEndpoint, name);
      const rows = items.map((item): [string, unknown] => [`${item.pk?.S} ${item.sk?.S}`, item]);
      return [name, Object.fromEntries(rows.sort(([a], [b]) => (a < b ? -1 : 1)))] as const;
    }),
  );
  return Object.fromEntries(dumped);
}

async function forget(table: string, { pk, sk }: { pk: string; sk: string }): Promise<void> {
  const Key = { pk: { S: pk }, sk: { S: sk } };
  await backend.dynamo.send(new DeleteItemCommand({ TableName: table, Key }));
}

describe('a replay', { timeout: 120_000 }, () => {
  it('of what was applied already says so, writes nothing, and is archived no second time', async () => {
    const before = await dump();
    const dry = summaryOf(await replay(...SPAN, '--dry-run'));
    expect(dry.new).toBe(0);
    expect(dry.known).toBeGreaterThan(50);
    expect(dry.changes).toEqual({ accounts: 0, scores: 0, reviews: 0 });
    expect(await dump()).toEqual(before);

    const done = await replay(...SPAN, '--yes');
    expect(done.out).toContain('No account and no score would change.');
    expect(done.out).toContain('Replayed, and worked off.');
    expect(summaryOf(done)).toEqual(dry);
    await runtime.settle();
    expect(await dump()).toEqual(before);

    expect(summaryOf(await replay(...SPAN, '--dry-run')).events).toBe(dry.events);
  });

  it('brings back what nobody could take and somebody threw away, as it was said before', async () => {
    const broken = profileKeys.order('lost-1');
    const Item = { pk: { S: broken.pk }, sk: { S: broken.sk }, d: { B: Buffer.from('?') } };
    await backend.dynamo.send(new PutItemCommand({ TableName: 'rapport-dev-profile', Item }));
    const bobs = { orderId: 'lost-1', memberId: 'bob' };
    await send([placed('2026-02-05', { ...bobs, total: 62_999 }), completed('2026-02-08', { orderId: 'lost-1' })]);
    await runtime.settle();
    const dropped = await drop(backend, {});
    expect(new Set(dropped.map(({ eventId }) => eventId))).toEqual(new Set(['lost-1:placed', 'lost-1:completed']));
    await forget('rapport-dev-profile', broken);

    const dry = await replay(...SPAN, '--dry-run', '--types', 'order.placed.v1,order.completed.v1');
    expect(summaryOf(dry)).toMatchObject({ new: 2, changes: { accounts: 1 } });
    expect(dry.out).toMatch(/^ {2}bob +0 -> 629 +0 +0 +basic +0 -> 1 +0 -> 62999$/m);
    expect(dry.out).toMatch(/^ {2}product product-1 .+ orders@2026q1 \+1, units@2026q1 \+1$/m);
    expect(dry.out).not.toContain('ann');

    const done = await replay(...SPAN, '--types', 'order.placed.v1,order.completed.v1', '--yes');
    expect([done.code, done.err]).toEqual([0, '']);
    await runtime.settle();
    const shop = await openStorefront(runtime);
    const { body } = await shop.get('/v1/members/bob');
    expect(body).toMatchObject({ lifetime: { orders: 1, spend: 62_999 }, points: { available: 629 } });
    expect((await reconcile(backend)).differences).toEqual([]);
    expect(summaryOf(await replay(...SPAN, '--dry-run')).new).toBe(0);
  });

  it('says which scores would change, and changes them so', async () => {
    for (const key of [
      { pk: 'INSPECTION#insp-1', sk: 'INSPECTION' },
      { pk: 'COMPLAINT#com-1', sk: 'COMPLAINT' },
    ]) {
      await forget('rapport-dev-reputation', key);
    }
    const dry = await replay(...SPAN, '--dry-run');
    expect(summaryOf(dry).new).toBe(2);
    expect(dry.out).toMatch(/brand clay +score .+ complaints@2026q1 \+1/);
    expect(dry.out).toMatch(/product pot +rating .+, grade .+ inspections@2026q1 \+1, sampled@2026q1 \+50/);
  });

  it.each([
    [['--from', '2040-06-03T00:00:00Z', '--to', '2040-07-01T00:00:00Z'], /^2040-06-03T00:00:00Z has not come yet/],
    [['--from', '2026-02-01T00:00:00Z', '--to', '2026-01-01T00:00:00Z'], '--from is not before --to.'],
    [['--from', 'yesterday', '--to', '2026-01-01T00:00:00Z'], /^--from takes RFC 3339 with an offset/],
    [['--from', '2026-01-01T00:00:00Z'], 'Which span of time? --from TIME --to TIME'],
    [[...SPAN, '--types', 'order.eaten.v1'], 'A shop sends no event of type "order.eaten.v1".'],
    [[...SPAN, '--fast'], /^Unknown option '--fast'/],
  ])('%j is answered in one line, and nothing is done', async (args, message) => {
    const before = await dump();
    const { code, err } = await replay(...args, '--yes');
    expect(code).toBe(2);
    const said = err.replace('replay: ', '').trim();
    expect(said).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
    expect(err.split('\n')).toHaveLength(2);
    expect(await dump()).toEqual(before);
  });

  it('is not begun where nobody can be asked', async () => {
    const { code, err } = await replay(...SPAN);
    expect(code).toBe(2);
    expect(err).toContain('pass --yes, or --dry-run');
  });
});
