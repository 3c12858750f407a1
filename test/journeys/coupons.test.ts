import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRuntime, type Runtime } from '../../infra/local/runtime.ts';
import type { Happening } from '../support/order-histories.ts';
import { openStorefront, type Storefront } from '../support/storefront.ts';

let runtime: Runtime;
let shop: Storefront;
let writer: string;
let member: string;

beforeAll(async () => {
  runtime = await createRuntime({ virtualClock: true });
  shop = await openStorefront(runtime);
  writer = await runtime.token({ scope: 'members:read members:write' });
  member = await runtime.token({ scope: 'member', member: 'mem-1' });
});
afterAll(async () => {
  await runtime?.stop();
});

function happening(type: string, id: string, time: string, data: Record<string, unknown>): Happening {
  return { type: `${type}.v1`, id, time, data };
}

function placed(orderId: string, time: string, parts: Record<string, unknown>): Happening {
  const lines = [{ lineId: '1', productId: 'p1', quantity: 1, unitPrice: 600_000 }];
  return happening('order.placed', `${orderId}:placed`, time, { orderId, currency: 'EUR', lines, ...parts });
}

async function post(path: string, body: unknown, token = writer) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(`${runtime.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

const list = async () => (await shop.get('/v1/members/mem-1/coupons', member)).body.items as unknown as object[];

test('a gold member is given a coupon for the birthday, holds it, uses it, gets it back and lets it expire', async () => {
  await shop.send(
    happening('member.registered', 'evt-1', '2026-01-01T10:00:00Z', { memberId: 'mem-1', birthday: '2000-02-29' }),
    placed('ord-1', '2026-01-05T10:00:00Z', { memberId: 'mem-1' }),
    happening('order.completed', 'ord-1:completed', '2026-01-08T10:00:00Z', { orderId: 'ord-1' }),
  );
  expect(await runtime.settle()).toEqual({ deadLetters: 0 });
  expect(await list()).toEqual([]);

  runtime.clock.advanceTo(Date.parse('2026-02-28T09:00:00Z'));
  expect(await runtime.settle()).toEqual({ deadLetters: 0 });
  const couponId = 'birthday:mem-1:2026';
  expect(await list()).toMatchObject([{ couponId, definition: 'birthday', amount: 5_000, state: 'issued' }]);

  const path = `/v1/members/mem-1/coupons/${couponId}`;
  const lines = [{ lineId: '1', net: 20_000 }];
  expect(await post(`${path}/hold`, { orderId: 'ord-2', lines }, member)).toMatchObject({
    status: 200,
    body: { state: 'held', heldUntil: '2026-02-28T09:30:00.000Z', discount: { amount: 5_000 } },
  });
  expect(await post(`${path}/hold`, { orderId: 'ord-3' })).toMatchObject({
    status: 409,
    body: { code: 'coupon_in_use' },
  });

  // The cancellation overtakes its order.
  await shop.send(happening('order.cancelled', 'ord-2:cancelled', '2026-02-28T09:20:00Z', { orderId: 'ord-2' }));
  await runtime.settle();
  await shop.send(placed('ord-2', '2026-02-28T09:10:00Z', { memberId: 'mem-1', couponIds: [couponId] }));
  await runtime.settle();
  expect(await list()).toMatchObject([{ state: 'issued' }]);

  await shop.send(placed('ord-4', '2026-03-01T09:00:00Z', { memberId: 'mem-1', couponIds: [couponId] }));
  await shop.send(placed('ord-5', '2026-03-01T10:00:00Z', { memberId: 'mem-2', couponIds: [couponId, 'made-up'] }));
  await runtime.settle();
  expect(await list()).toMatchObject([{ state: 'redeemed', orderId: 'ord-4' }]);
  expect((await shop.get('/v1/orders/ord-5/coupons')).body.items).toMatchObject([
    { couponId, outcome: 'refused', code: 'coupon_of_other_member' },
    { couponId: 'made-up', outcome: 'refused', code: 'unknown_coupon' },
  ]);

  await shop.send(happening('order.cancelled', 'ord-4:cancelled', '2026-03-02T09:00:00Z', { orderId: 'ord-4' }));
  await runtime.settle();
  expect(await list()).toMatchObject([{ state: 'issued' }]);
  runtime.clock.advanceTo(Date.parse('2026-04-15T09:00:00Z'));
  expect(await runtime.settle()).toEqual({ deadLetters: 0 });
  expect(await list()).toMatchObject([{ state: 'expired', unusable: { code: 'coupon_expired' } }]);
}, 60_000);

test('a desk gives a coupon by itself, once', async () => {
  const give = (id: string) => post('/v1/members/mem-1/coupons', { couponId: id, definition: 'birthday' });
  await shop.send(happening('member.registered', 'evt-9', '2027-05-01T10:00:00Z', { memberId: 'mem-1' }));
  await runtime.settle();
  const first = await give('gift-1');
  expect(first).toMatchObject({ status: 201, body: { couponId: 'gift-1', expiresAt: '2027-05-31T10:00:00.000Z' } });
  expect(await give('gift-1')).toEqual(first);
  expect(await give('gift-2')).toMatchObject({ status: 409, body: { code: 'coupon_member_cap_reached' } });
}, 60_000);
