/** What happens to the member of a journey, in as few words as the journeys need. */
import type { Shop, ShopEvent } from './shop.ts';

export const member = (shop: Shop): string => shop.id('ann');

export function registered(shop: Shop, daysAgo: number, more: Record<string, unknown> = {}): ShopEvent {
  const memberId = member(shop);
  return shop.event('member.registered.v1', shop.daysAgo(daysAgo), { memberId, ...more }, `${memberId}:registered`);
}

/** An order of so many minor units, in one line of four pieces. */
export function ordered(shop: Shop, order: string, daysAgo: number, total: number, id = `${order}:placed`): ShopEvent {
  const lines = [{ lineId: '1', productId: 'pot', quantity: 4, unitPrice: total / 4 }];
  const data = { orderId: shop.id(order), memberId: member(shop), currency: 'CNY', lines };
  return shop.event('order.placed.v1', shop.daysAgo(daysAgo), data, id);
}

export function delivered(shop: Shop, order: string, daysAgo: number): ShopEvent {
  return shop.event('order.completed.v1', shop.daysAgo(daysAgo), { orderId: shop.id(order) }, `${order}:completed`);
}

export function returned(shop: Shop, order: string, daysAgo: number, quantity: number): ShopEvent {
  const data = { orderId: shop.id(order), returnId: shop.id('r1'), lines: [{ lineId: '1', quantity }] };
  return shop.event('order.returned.v1', shop.daysAgo(daysAgo), data, `${order}:returned`);
}

export function checkedIn(shop: Shop, daysAgo: number): ShopEvent {
  const data = { memberId: member(shop) };
  return shop.event('member.checked_in.v1', shop.daysAgo(daysAgo), data, `check-in:${daysAgo}`);
}

export async function profile(shop: Shop): Promise<Record<string, unknown>> {
  return (await shop.get(`/v1/members/${member(shop)}`)).body;
}

/** The entries of the ledger, newest first. */
export async function ledger(shop: Shop): Promise<Record<string, unknown>[]> {
  const { body } = await shop.get(`/v1/members/${member(shop)}/ledger?limit=100`);
  return (body.items ?? []) as Record<string, unknown>[];
}
