import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CloudEvent } from '../../events/envelope.ts';
import { createRuntime, type Runtime } from '../../infra/local/runtime.ts';
import type { Happening } from '../support/order-histories.ts';
import { readProfile } from '../support/profile-table.ts';

let runtime: Runtime;
let staff: string;
const told = new Map<string, CloudEvent>();

beforeAll(async () => {
  runtime = await createRuntime({
    virtualClock: true,
    onEvent: ({ source, detail }) => {
      if (source === 'rapport.loyalty') told.set((detail as CloudEvent).id, detail as CloudEvent);
    },
  });
  staff = await runtime.token({ scope: 'events:write members:read members:write desk admin' });
});
beforeEach(async () => {
  await runtime.reset();
  told.clear();
});
afterAll(async () => {
  await runtime?.stop();
});

type Reply = { status: number; etag: string | null; body: Record<string, unknown> };

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
  const answer = await fetch(`${runtime.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${staff}`, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, etag: answer.headers.get('etag'), body: (await answer.json()) as Reply['body'] };
}

async function send(...happenings: Happening[]): Promise<void> {
  const events = happenings.map(({ type, ...rest }) => ({ specversion: '1.0', source: '/shop', type, ...rest }));
  const headers = { 'content-type': 'application/cloudevents-batch+json' };
  expect((await ask('POST', '/v1/events', events, headers)).body).toMatchObject({ rejected: [] });
  expect(await runtime.settle()).toEqual({ deadLetters: 0 });
}

async function clock(now: string): Promise<void> {
  runtime.clock.advanceTo(Date.parse(now));
  expect(await runtime.settle()).toEqual({ deadLetters: 0 });
}

const happening = (type: string, time: string, data: Record<string, unknown>, id = `${type}:${time}`): Happening => ({
  type: `${type}.v1`,
  id,
  time: new Date(time).toISOString(),
  data,
});
const order = (orderId: string, time: string, unitPrice: number, parts: Record<string, unknown> = {}) =>
  happening('order.placed', time, {
    orderId,
    memberId: 'ann',
    currency: 'CNY',
    lines: [{ lineId: '1', productId: 'pot', quantity: 4, unitPrice: unitPrice / 4 }],
    ...parts,
  });
const delivered = (orderId: string, time: string) => happening('order.completed', time, { orderId });
const points = async (memberId = 'ann') => (await ask('GET', `/v1/members/${memberId}`)).body.points;
const tier = async () => ((await ask('GET', '/v1/members/ann')).body.tier as { id: string }).id;
const news = (type: string) =>
  [...told.values()].filter((event) => event.type === `${type}.v1`).map(({ data }) => data);

/** Puts the policy in force with some things otherwise. */
async function putPolicy(change: (policy: Record<string, Record<string, unknown>>) => void): Promise<void> {
  const before = await ask('GET', '/v1/policy');
  const policy = structuredClone(before.body.policy) as Record<string, Record<string, unknown>>;
  change(policy);
  const answer = await ask('PUT', '/v1/policy', policy, { 'if-match': before.etag ?? '' });
  expect(answer).toMatchObject({ status: 200 });
}

test('the life of points: earned, released, spent on an order, given back, about to expire, expired; each told once', async () => {
  await send(order('ord-1', '2026-01-05T10:00:00Z', 60_000), delivered('ord-1', '2026-01-06T10:00:00Z'));
  await clock('2026-01-14T00:00:00Z');
  expect(await points()).toMatchObject({ available: 600, pending: 0 });
  expect(news('points.available')).toMatchObject([{ memberId: 'ann', points: 600 }]);

  const redemption = { redemptionId: 'red-1', points: 400, orderId: 'ord-2' };
  expect(await ask('POST', '/v1/members/ann/redemptions', redemption)).toMatchObject({ status: 201 });
  await send(order('ord-2', '2026-01-14T00:00:00Z', 1_000, { redemptionId: 'red-1' }));
  expect(await points()).toMatchObject({ available: 200, pending: 10 });
  // Three of four pieces come back, and with them three quarters of the points that paid.
  const lines = [{ lineId: '1', quantity: 3 }];
  await send(happening('order.returned', '2026-01-15T00:00:00Z', { orderId: 'ord-2', returnId: 'r1', lines }));
  expect(await points()).toMatchObject({ available: 500, pending: 3 });
  await send(happening('order.cancelled', '2026-01-16T00:00:00Z', { orderId: 'ord-2' }));
  expect(await points()).toMatchObject({ available: 600, pending: 0 });
  expect(news('points.redeemed')).toMatchObject([{ points: 400 }]);
  expect(news('points.refunded')).toMatchObject([{ points: 300 }, { points: 100 }]);

  await clock('2027-01-02T12:00:00Z');
  expect(news('points.expires_soon')).toMatchObject([
    { points: 600, daysLeft: 30, expiresAt: '2027-01-31T23:59:59.999Z' },
  ]);
  await clock('2027-01-25T12:00:00Z');
  expect(news('points.expires_soon')).toMatchObject([{ daysLeft: 30 }, { points: 600, daysLeft: 7 }]);
  await clock('2027-02-01T12:00:00Z');
  expect(news('points.expired')).toMatchObject([{ points: 600 }]);
  expect(await points()).toMatchObject({ available: 0, pending: 0, debt: 0 });
  await clock('2028-01-01T12:00:00Z');
  expect(news('points.expires_soon')).toHaveLength(2);
  expect(news('points.expired')).toHaveLength(1);
});

test('a fact that comes late is judged by the policy of its own time, and the one of its day of double points', async () => {
  await clock('2026-02-01T00:00:00Z');
  await putPolicy((policy) => {
    policy.points!.purchaseRate = 3;
    policy.points!.multipliers = [{ id: 'double_day', from: '2026-02-03', to: '2026-02-03', factor: 2 }];
  });
  await clock('2026-02-04T00:00:00Z');
  await send(
    order('ord-3', '2026-02-03T10:00:00Z', 10_000),
    order('ord-2', '2026-02-02T10:00:00Z', 10_000),
    order('ord-1', '2026-01-31T10:00:00Z', 10_000),
  );
  const { items } = (await ask('GET', '/v1/members/ann/ledger')).body as { items: Record<string, unknown>[] };
  const sums = items.map(({ points: earned, cause }) => [(cause as { subject: string }).subject, earned]);
  expect(Object.fromEntries(sums)).toEqual({ 'ord-1': 100, 'ord-2': 300, 'ord-3': 600 });
  expect(items.find(({ points: earned }) => earned === 600)).toMatchObject({
    rule: { arithmetic: 'floor(100.00 x 3) = 300; with double_day x 2 = 600' },
  });
});

test('a tier of the last twelve months lapses with its grace, is foretold, and is told with the reason', async () => {
  await putPolicy((policy) => {
    Object.assign(policy.tiers!, { basis: 'rolling_12_months', graceDays: 10 });
  });
  await send(order('ord-1', '2026-01-05T10:00:00Z', 120_000), delivered('ord-1', '2026-01-06T10:00:00Z'));
  expect(await tier()).toBe('silver');
  await clock('2026-06-01T00:00:00Z');
  expect((await ask('GET', '/v1/members/ann')).body.tier).toMatchObject({
    judgedOn: { basis: 'rolling_12_months', spend: 120_000 },
    keep: { remaining: 100_000, by: '2027-02-11T00:00:00.000Z', otherwise: 'basic' },
  });
  await clock('2027-02-10T23:00:00Z');
  expect(await tier()).toBe('silver');
  await clock('2027-02-11T01:00:00Z');
  expect(await tier()).toBe('basic');
  expect(news('tier.changed')).toMatchObject([
    { from: 'basic', to: 'silver', reason: 'spend' },
    { from: 'silver', to: 'basic', reason: 'lapse', at: '2027-02-11T00:00:00.000Z' },
  ]);
});

test('who brings a member is rewarded, and so is the member, once the first order has passed its return window', async () => {
  await send(
    happening('member.registered', '2026-01-01T00:00:00Z', { memberId: 'ann' }),
    happening('member.registered', '2026-01-02T00:00:00Z', { memberId: 'bob', referredBy: 'ann' }),
    order('ord-1', '2026-01-05T10:00:00Z', 4_000, { memberId: 'bob' }),
    delivered('ord-1', '2026-01-06T10:00:00Z'),
  );
  expect(news('referral.completed')).toEqual([]);
  await clock('2026-01-13T11:00:00Z');
  expect(news('referral.completed')).toMatchObject([{ memberId: 'bob', referrerId: 'ann' }]);
  expect(await points('ann')).toMatchObject({ available: 200 });
  expect(await points('bob')).toMatchObject({ available: 140 });
});

test('the whole log sent again, in another order, changes no account', async () => {
  const log = [
    happening('member.registered', '2026-01-01T00:00:00Z', { memberId: 'ann', timeZone: 'Asia/Shanghai' }),
    order('ord-1', '2026-01-05T10:00:00Z', 60_000),
    delivered('ord-1', '2026-01-06T10:00:00Z'),
    happening('member.checked_in', '2026-01-07T10:00:00Z', { memberId: 'ann' }),
    order('ord-2', '2026-01-08T10:00:00Z', 80_000),
    happening('order.returned', '2026-01-20T10:00:00Z', {
      orderId: 'ord-1',
      returnId: 'r1',
      lines: [{ lineId: '1', quantity: 1 }],
    }),
  ];
  const profileTable = runtime.wiring.tables.find(({ name }) => name.endsWith('-profile'))?.name ?? '';
  const accounts = async () => JSON.stringify([...(await readProfile(runtime.tablesEndpoint, profileTable)).accounts]);
  await send(...log.toReversed());
  await clock('2026-03-01T00:00:00Z');
  const before = await accounts();
  await send(...log);
  await send(...log.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
  expect(await accounts()).toBe(before);
});

test('what is asked or told right after a policy was put goes by it, though the clock has not moved', async () => {
  await send(order('ord-1', '2026-01-05T10:00:00Z', 60_000), delivered('ord-1', '2026-01-06T10:00:00Z'));
  expect(await tier()).toBe('basic');
  await putPolicy((policy) => {
    const steps = policy.tiers!.steps as { threshold: number }[];
    steps[1]!.threshold = 50_000;
    (policy.coupons as unknown as unknown[]).push({ id: 'spring', kind: 'amount', amount: 500, perMember: 1 });
  });
  expect(await tier()).toBe('silver');
  const issue = { couponId: 'c-1', definition: 'spring' };
  expect(await ask('POST', '/v1/members/ann/coupons', issue)).toMatchObject({ status: 201 });
  const lines = [{ lineId: '1', productId: 'pot', quantity: 1, unitPrice: 10_000 }];
  const quoted = await ask('POST', '/v1/quotes', { memberId: 'ann', currency: 'CNY', lines, couponIds: ['c-1'] });
  expect(quoted.body).toMatchObject({ total: { price: 10_000, memberDiscount: 500, couponDiscount: 500, net: 9_000 } });
});
