import { findEvent } from '../../events/catalogue.ts';
import { memberIdentified } from '../../events/member/member-identified.v1.ts';
import { contentHash } from '../../shared/domain/intake/content-hash.ts';
import { type OrderFact, type OrderFactKind, orderFact } from '../../shared/domain/loyalty/order-facts.ts';
import type { LoyaltyFact } from '../../shared/domain/loyalty/replay.ts';
import { identificationOf } from '../../shared/domain/loyalty/visitor.ts';
import { type Happening, toEvent } from './order-histories.ts';

const KINDS: Record<string, OrderFactKind> = {
  'order.placed.v1': 'placed',
  'order.completed.v1': 'completed',
  'order.cancelled.v1': 'cancelled',
  'order.returned.v1': 'returned',
};

/** A happening as the loyalty domain is given it: parsed by its event's schema and hashed. */
export function toFact(happening: Happening): LoyaltyFact {
  const event = toEvent(happening);
  const hash = contentHash(event);
  const kind = KINDS[happening.type];
  const parsed = findEvent(happening.type)?.parse(event);
  if (parsed === undefined || !parsed.ok) throw new Error(`no valid event: ${JSON.stringify([parsed, event])}`);
  if (kind === undefined) {
    const identified = memberIdentified.parse(event);
    if (!identified.ok) throw new Error('no identification');
    const { anonymousId } = identified.event.data;
    return { kind: 'identification', anonymousId, identification: identificationOf(identified.event, hash) };
  }
  const fact = orderFact(kind, parsed.event as never, hash) as OrderFact;
  return { kind: 'order', orderId: fact.data.orderId, fact };
}
