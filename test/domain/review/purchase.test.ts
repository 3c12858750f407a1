import { describe, expect, it } from 'vitest';
import type { OrderRecord } from '../../../shared/domain/loyalty/order-facts.ts';
import { purchaseOf } from '../../../shared/domain/review/purchase.ts';
import { orderOf } from '../../support/review-facts.ts';
import { at, cancelled, completed, placed, returned } from '../../support/shop-story.ts';

const line = { productId: 'teapot', unitPrice: 1_000, brandId: 'hearth', supplierId: 'sup-1' };
const bought = (time: string, parts: Record<string, unknown> = {}) => placed(time, { lines: [line], ...parts });
const delivered = orderOf(bought('2026-01-01'), completed('2026-01-05'));
const other = { orderId: 'ord-2' };

type Row = { what: string; orders: OrderRecord[]; orderId?: string; code: string; ordered: boolean; brandId?: string };

describe('the purchase behind a review of the 10th', () => {
  it.each<Row>([
    { what: 'no order is known', orders: [], code: 'no_purchase_known', ordered: false },
    { what: 'it was delivered before', orders: [delivered], code: 'verified', ordered: true, brandId: 'hearth' },
    {
      what: 'it was delivered at that instant',
      orders: [orderOf(bought('2026-01-01'), completed('2026-01-10'))],
      code: 'verified',
      ordered: true,
      brandId: 'hearth',
    },
    {
      what: 'it has come back since',
      orders: [orderOf(bought('2026-01-01'), completed('2026-01-05'), returned('2026-01-08', { 1: 1 }))],
      code: 'verified',
      ordered: true,
      brandId: 'hearth',
    },
    {
      what: 'it was delivered afterwards',
      orders: [orderOf(bought('2026-01-01'), completed('2026-01-11'))],
      code: 'before_delivery',
      ordered: true,
      brandId: 'hearth',
    },
    {
      what: 'it is on its way, which nothing that counts may go by',
      orders: [orderOf(bought('2026-01-01'))],
      code: 'before_delivery',
      ordered: false,
    },
    {
      what: 'it was cancelled',
      orders: [orderOf(bought('2026-01-01'), cancelled('2026-01-02'))],
      code: 'order_cancelled',
      ordered: false,
    },
    {
      what: 'another member bought it',
      orders: [orderOf(bought('2026-01-01', { memberId: 'bob' }), completed('2026-01-05', { memberId: 'bob' }))],
      code: 'no_purchase_known',
      ordered: false,
    },
    {
      what: 'the order named is of another member',
      orders: [orderOf(bought('2026-01-01', { memberId: 'bob' }), completed('2026-01-05', { memberId: 'bob' }))],
      orderId: 'ord-1',
      code: 'order_of_another',
      ordered: false,
    },
    {
      what: 'the order named is of another product',
      orders: [orderOf(placed('2026-01-01'), completed('2026-01-05'))],
      orderId: 'ord-1',
      code: 'order_of_another',
      ordered: false,
    },
    {
      what: 'the order named is known by its later facts alone',
      orders: [orderOf(completed('2026-01-05'))],
      orderId: 'ord-1',
      code: 'no_purchase_known',
      ordered: false,
    },
    {
      what: 'the order named is not the one that was delivered',
      orders: [delivered, orderOf(bought('2026-01-01', other))],
      orderId: 'ord-2',
      code: 'before_delivery',
      ordered: false,
    },
    {
      what: 'of several orders one was delivered',
      orders: [orderOf(bought('2026-01-01', other), cancelled('2026-01-02', other)), delivered],
      code: 'verified',
      ordered: true,
      brandId: 'hearth',
    },
  ])('$what: $code', ({ orders, orderId, code, ordered, brandId }) => {
    const asked = { memberId: 'ann', productId: 'teapot', orderId, atMs: at('2026-01-10') };
    expect(purchaseOf(orders, asked)).toMatchObject({ code, ordered, ...(brandId !== undefined && { brandId }) });
    expect(purchaseOf([...orders].reverse(), asked)).toEqual(purchaseOf(orders, asked));
    if (brandId === undefined) expect(purchaseOf(orders, asked).brandId).toBeUndefined();
  });

  it('is the member to whom a visitor turned out to belong', () => {
    const { facts, ...order } = delivered;
    const visitors = facts.map((it) =>
      it.kind === 'placed' ? { ...it, data: { ...it.data, memberId: undefined, anonymousId: 'a1' } } : it,
    ) as OrderRecord['facts'];
    const asked = { memberId: 'ann', productId: 'teapot', atMs: at('2026-01-10') };
    expect(purchaseOf([{ ...order, facts: visitors }], asked).code).toBe('no_purchase_known');
    const booked = { ...order, facts: visitors, bookedTo: { kind: 'member' as const, memberId: 'ann' } };
    expect(purchaseOf([booked], asked).code).toBe('verified');
  });
});
