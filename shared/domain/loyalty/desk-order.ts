import { orderEffect } from './order-effect.ts';
import { EVENT_TYPES, type OrderRecord } from './order-facts.ts';

/** An order that needs a person: what is known of it, and which of its facts contradict the others and why. */
export function deskOrder(order: OrderRecord) {
  const { refused } = orderEffect(order);
  return {
    orderId: order.orderId,
    state: order.attention?.state ?? 'refused',
    since: new Date(order.attention?.sinceMs ?? 0).toISOString(),
    facts: order.facts.map(({ eventId, kind, atMs }) => ({
      eventId,
      type: EVENT_TYPES[kind],
      at: new Date(atMs).toISOString(),
    })),
    refused: refused.map(({ eventId, code, detail }) => ({ eventId, code, detail })),
  };
}
