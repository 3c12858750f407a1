import type { OrderData, OrderFact, OrderRecord } from '../../shared/domain/loyalty/order-facts.ts';

/** The fact that a return of these pieces would be if it came now, after all that is known of the order. */
export function previewedReturn(order: OrderRecord, lines: OrderData<'returned'>['lines'], nowMs: number): OrderFact {
  // With a space, which no id that is sent may have.
  const id = `preview of version ${order.version}`;
  const atMs = Math.max(nowMs, ...order.facts.map((fact) => fact.atMs + 1));
  const data = { orderId: order.orderId, returnId: id, lines } as unknown as OrderData<'returned'>;
  return { kind: 'returned', eventId: id, hash: id, atMs, data };
}
