import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { issueCoupon } from '../../../functions/coupon/issue-coupon.ts';
import { couponStore } from '../../../shared/adapters/dynamo/coupon-store.ts';
import { profileStore } from '../../../shared/adapters/dynamo/profile-store.ts';
import { type CouponRecord, couponState, couponUses, isIssued } from '../../../shared/domain/coupon/coupon.ts';
import { couponOrders, orderOutcomes, PLACINGS_LIMIT } from '../../../shared/domain/coupon/order-coupons.ts';
import type { CouponDefinition } from '../../../shared/policy/coupon-schema.ts';
import { at, couponPolicies, definition } from '../../support/coupon-shop.ts';
import { type CouponTable, couponTable } from '../../support/coupon-table.ts';
import { type FunctionEnvironment, startFunctionEnvironment } from '../../support/function-environment.ts';
import { lambdaContext, sqsBatch } from '../../support/lambda.ts';

const ISSUED = at('2026-01-05');
let environment: FunctionEnvironment;
let shop: Pick<CouponTable, 'coupons' | 'register'>;
let profile: ReturnType<typeof profileStore>;
let clockMs: number;

beforeAll(async () => {
  environment = await startFunctionEnvironment();
});
beforeEach(async () => {
  const { dynoxide } = environment;
  const tables = await environment.renew();
  shop = await couponTable({ ...dynoxide, createTables: async () => tables });
  profile = profileStore(dynoxide.client, tables.profile);
  clockMs = at('2026-01-10');
  await shop.register('ann', 'bob');
});
afterAll(() => environment.stop());

async function give(couponId = 'c1', terms: Partial<CouponDefinition> = {}): Promise<void> {
  const policies = couponPolicies(definition({ id: 'ten', validDays: 30, ...terms }));
  const command = { couponId, memberId: 'ann', definitionId: 'ten' };
  const outcome = await issueCoupon(command, { coupons: shop.coupons, policies, nowMs: ISSUED });
  expect(outcome.kind).toBe('issue');
}

type Event = { id: string; type: string; time: string; data: Record<string, unknown> };

function placed(orderId: string, time: string, parts: Record<string, unknown> = {}): Event {
  const lines = [{ lineId: '1', productId: 'teapot', quantity: 1, unitPrice: 10_000 }];
  const data = { orderId, memberId: 'ann', currency: 'EUR', lines, couponIds: ['c1'], ...parts };
  return { id: `${orderId}:placed:${time}`, type: 'order.placed.v1', time: new Date(time).toISOString(), data };
}

function cancelled(orderId: string, time: string): Event {
  return {
    id: `${orderId}:cancelled:${time}`,
    type: 'order.cancelled.v1',
    time: new Date(time).toISOString(),
    data: { orderId },
  };
}

/** Delivers events to their reactions, each in a batch of its own, or all of one type in one. */
async function deliver(...events: Event[]): Promise<void> {
  const { setClock } = await import('../../../shared/runtime/clock.ts');
  setClock(() => clockMs);
  for (const event of events) {
    const path = event.type === 'order.placed.v1' ? 'on-order-placed' : 'on-order-cancelled';
    const { handler } = (await import(
      `../../../functions/coupon/${path}.ts`
    )) as typeof import('../../../functions/coupon/on-order-placed.ts');
    const body = { specversion: '1.0', source: '/storefront/web', ...event };
    const answer = await handler(sqsBatch({ body }), lambdaContext());
    expect(answer.batchItemFailures).toEqual([]);
  }
}

async function coupon(couponId = 'c1'): Promise<CouponRecord> {
  const found = (await shop.coupons.loadCoupons([couponId])).get(couponId);
  if (found === undefined) throw new Error(`no coupon ${couponId}`);
  return found;
}

async function state(couponId = 'c1', nowMs = clockMs): Promise<string> {
  const found = await coupon(couponId);
  return isIssued(found) ? couponState(found, nowMs).kind : 'unknown';
}

async function outcomes(orderId: string): Promise<Record<string, string>> {
  const order = (await shop.coupons.loadOrder(orderId))!;
  const found = await shop.coupons.loadCoupons([...couponOrders(order).keys()]);
  const all = orderOutcomes(order, found).map((it) => [it.couponId, it.kind === 'refused' ? it.code : it.kind]);
  return Object.fromEntries(all) as Record<string, string>;
}

const letters = () =>
  environment.queue.calls.map(({ input }) => input.MessageAttributes as { code?: { StringValue: string } });

describe('an order that names a coupon', () => {
  it('redeems it, once, however often the event comes', async () => {
    await give();
    await deliver(placed('o1', '2026-01-06'), placed('o1', '2026-01-06'));
    expect(await state()).toBe('redeemed');
    expect(await coupon()).toMatchObject({ version: 2, orders: [{ orderId: 'o1' }] });
    expect(await shop.coupons.unitsOut('ten')).toBe(1);
  });

  it('gives it back when it is cancelled, to be used by another', async () => {
    await give();
    await deliver(placed('o1', '2026-01-06'), cancelled('o1', '2026-01-07'));
    expect(await state()).toBe('issued');
    await deliver(placed('o2', '2026-01-08'));
    expect(await outcomes('o1')).toEqual({ c1: 'returned' });
    expect(await outcomes('o2')).toEqual({ c1: 'redeemed' });
  });

  it('ends in the same state where it was cancelled before it was placed', async () => {
    await give();
    await deliver(cancelled('o1', '2026-01-07'), cancelled('o1', '2026-01-07'), placed('o1', '2026-01-06'));
    expect(await state()).toBe('issued');
    expect(couponUses(await coupon())).toMatchObject([{ kind: 'returned', returnedAtMs: at('2026-01-07') }]);
    expect(await shop.coupons.unitsOut('ten')).toBe(1);
  });

  it('gives the unit back to the pool where the coupon has expired by its cancellation', async () => {
    await give('c1', { budget: 1 });
    await deliver(placed('o1', '2026-01-06'));
    clockMs = at('2026-03-01');
    await deliver(cancelled('o1', '2026-03-01'), cancelled('o1', '2026-03-01'));
    expect(await state()).toBe('expired');
    expect(await shop.coupons.unitsOut('ten')).toBe(0);
    await deliver(placed('o2', '2026-01-05T12:00:00Z'));
    expect(await outcomes('o2')).toEqual({ c1: 'coupon_expired' });
    expect(await shop.coupons.unitsOut('ten')).toBe(0);
  });

  it.each([
    { code: 'coupon_of_other_member', order: placed('o1', '2026-01-06', { memberId: 'bob' }) },
    { code: 'coupon_of_other_member', order: placed('o1', '2026-01-06', { memberId: undefined }) },
    { code: 'coupon_of_other_member', order: placed('o1', '2026-01-06', { memberId: undefined, anonymousId: 'v1' }) },
    { code: 'coupon_expired', order: placed('o1', '2026-02-04') },
    { code: 'coupon_redeemed', order: placed('o1', '2026-01-07'), before: placed('o0', '2026-01-06') },
  ])('is refused it, recorded, and changes nothing: $code', async ({ code, order, before }) => {
    await give();
    if (before !== undefined) await deliver(before);
    const stateBefore = await state();
    await deliver(order);
    expect(await outcomes('o1')).toEqual({ c1: code });
    expect(await state()).toBe(stateBefore);
    expect(await shop.coupons.unitsOut('ten')).toBe(1);
    expect(letters()).toEqual([]);
  });

  it('that nobody has issued is refused it, and has it once it is issued', async () => {
    await deliver(placed('o1', '2026-01-06'));
    expect(await outcomes('o1')).toEqual({ c1: 'unknown_coupon' });
    await give();
    expect(await outcomes('o1')).toEqual({ c1: 'redeemed' });
  });

  it('has each of several by itself, one named twice once', async () => {
    await give('c1');
    await give('c2');
    await deliver(placed('o0', '2026-01-05', { couponIds: ['c2'] }));
    await deliver(placed('o1', '2026-01-06', { couponIds: ['c1', 'c2', 'c1', 'c3'] }));
    expect(await outcomes('o1')).toEqual({ c1: 'redeemed', c2: 'coupon_redeemed', c3: 'unknown_coupon' });
    expect((await coupon()).orders).toHaveLength(1);
  });

  it('goes by its earliest placing, whichever comes first', async () => {
    await give('c1');
    await give('c2');
    await deliver(placed('o1', '2026-01-07', { couponIds: ['c1'] }), placed('o1', '2026-01-06', { couponIds: ['c2'] }));
    expect(await outcomes('o1')).toEqual({ c2: 'redeemed' });
    expect(await state('c1')).toBe('issued');
    expect(await state('c2')).toBe('redeemed');
  });

  it('that has come in too many contradicting versions is a dead letter', async () => {
    await give();
    const times = Array.from({ length: PLACINGS_LIMIT + 1 }, (_, n) => `2026-01-06T${String(n + 10)}:00:00Z`);
    for (const [n, time] of times.entries()) await deliver(placed('o1', time, { couponIds: ['c1', `extra-${n}`] }));
    expect(letters()).toMatchObject([{ code: { StringValue: 'too_many_facts' } }]);
  });

  it('but an empty list leaves nothing behind', async () => {
    await deliver(placed('o1', '2026-01-06', { couponIds: [] }));
    expect(await shop.coupons.loadOrder('o1')).toBeUndefined();
  });
});

describe('a cancellation', () => {
  async function known(orderId: string, event: Event): Promise<void> {
    const fact = { kind: 'placed', eventId: event.id, hash: 'h', atMs: at(event.time), data: event.data };
    await profile.save({ kind: 'write', order: { orderId, version: 1, facts: [fact] }, accounts: [] } as never);
  }

  it('of an order that names no coupons is read and not written', async () => {
    await known('o1', placed('o1', '2026-01-06', { couponIds: undefined }));
    await deliver(cancelled('o1', '2026-01-07'));
    expect(await shop.coupons.loadOrder('o1')).toBeUndefined();
  });

  it('of an order whose placing is known, with coupons, waits for these to be told', async () => {
    await give();
    await known('o1', placed('o1', '2026-01-06'));
    await deliver(cancelled('o1', '2026-01-07'), placed('o1', '2026-01-06'));
    expect(await outcomes('o1')).toEqual({ c1: 'returned' });
  });

  it('of an order that nobody knows is kept', async () => {
    await deliver(cancelled('o1', '2026-01-07'));
    expect(await shop.coupons.loadOrder('o1')).toMatchObject({ placings: [], cancelled: { atMs: at('2026-01-07') } });
  });
});

it('placings, cancellations and repetitions side by side end in one state', async () => {
  await give();
  const [first, second] = [placed('o1', '2026-01-06'), placed('o2', '2026-01-07')];
  await Promise.all([deliver(first), deliver(cancelled('o1', '2026-01-08')), deliver(second), deliver(first)]);
  await Promise.all([deliver(second), deliver(cancelled('o1', '2026-01-08')), deliver(first)]);
  expect(await outcomes('o1')).toEqual({ c1: 'returned' });
  expect(await outcomes('o2')).toEqual({ c1: 'coupon_redeemed' });
  expect(await state()).toBe('issued');
  expect(await shop.coupons.unitsOut('ten')).toBe(1);
});

it('a crash between the order and its coupon is mended by the next delivery', async () => {
  await give();
  const broken = couponStore(environment.dynoxide.client, process.env.PROFILE_TABLE!);
  const { recordOrder } = await import('../../../functions/coupon/record-order.ts');
  const { createLogger } = await import('../../../shared/runtime/log.ts');
  const around = {
    coupons: { ...broken, saveCoupon: () => Promise.reject(new Error('crash')) },
    nowMs: clockMs,
    log: createLogger({ level: 'silent' }),
  };
  const { id, time, data } = placed('o1', '2026-01-06');
  const fact = {
    kind: 'placed',
    eventId: id,
    atMs: at(time),
    memberId: 'ann',
    couponIds: data.couponIds as string[],
  } as const;
  await expect(recordOrder('o1', fact, around)).rejects.toThrow('crash');
  expect(await state()).toBe('issued');
  await deliver(placed('o1', '2026-01-06'));
  expect(await state()).toBe('redeemed');
});
