import { effectiveFacts } from '../loyalty/order-effect.ts';
import type { OrderRecord } from '../loyalty/order-facts.ts';
import type { PurchaseCode } from './review-record.ts';

export type Purchase = {
  code: PurchaseCode;
  /** Of the line that was bought, where the order says so. */
  brandId?: string | undefined;
  supplierId?: string | undefined;
  /** Whether any of the orders looked at has the product and has been delivered, then or since. */
  ordered: boolean;
};

type Asked = { memberId: string; productId: string; orderId?: string | undefined; atMs: number };

/**
 * Whether a member had bought and received a product when reviewing it, by the orders known. An order that is named must be the
 * one; without a name any of the member's own orders will do, the best of them.
 */
export function purchaseOf(orders: readonly OrderRecord[], asked: Asked): Purchase {
  const looked = orders
    .filter(({ orderId }) => asked.orderId === undefined || asked.orderId === orderId)
    .map((order) => lookAt(order, asked));
  const best = PREFERENCE.map((code) => looked.find((it) => it.code === code)).find((it) => it !== undefined);
  return best ?? { code: 'no_purchase_known', ordered: false };
}

const PREFERENCE: readonly PurchaseCode[] = ['verified', 'before_delivery', 'order_cancelled', 'order_of_another'];

function lookAt(order: OrderRecord, { memberId, productId, orderId, atMs }: Asked): Purchase {
  const { bookedTo } = order;
  const facts = effectiveFacts(order);
  const placed = facts.find((it) => it.kind === 'placed');
  const line = placed?.data.lines.find((it) => it.productId === productId);
  const nobody: PurchaseCode = orderId === undefined ? 'no_purchase_known' : 'order_of_another';
  // An order is known by its later facts alone: it may yet turn out to be the one.
  if (placed === undefined) return { code: 'no_purchase_known', ordered: false };
  const owner = bookedTo?.kind === 'member' ? bookedTo.memberId : placed.data.memberId;
  if (owner !== memberId || line === undefined) return { code: nobody, ordered: false };
  // Orders on their way are not followed, so that nothing that counts may go by one: it says why, and no more.
  const done = facts.some((it) => it.kind === 'completed');
  const bought = done ? { brandId: line.brandId, supplierId: line.supplierId, ordered: true } : { ordered: false };
  if (facts.some((it) => it.kind === 'cancelled')) return { ...bought, code: 'order_cancelled' };
  const delivered = facts.some((it) => it.kind === 'completed' && it.atMs <= atMs);
  return { ...bought, code: delivered ? 'verified' : 'before_delivery' };
}
