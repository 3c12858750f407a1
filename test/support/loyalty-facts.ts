import { findEvent } from '../../events/catalogue.ts';
import { memberCheckedIn } from '../../events/member/member-checked-in.v1.ts';
import { memberIdentified } from '../../events/member/member-identified.v1.ts';
import { contentHash } from '../../shared/domain/intake/content-hash.ts';
import { type CauseFact, checkInOf, introductionOf } from '../../shared/domain/loyalty/cause-facts.ts';
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

/** A happening as the loyalty domain is given it: parsed by its event's schema and hashed, or as its commands keep it. */
export function toFact(happening: Happening): LoyaltyFact {
  const event = toEvent(happening);
  const hash = contentHash(event);
  const deed = deedOf(happening, hash);
  if (deed !== undefined) return deed;
  const kind = KINDS[happening.type];
  const parsed = findEvent(happening.type)?.parse(event);
  if (parsed === undefined || !parsed.ok) throw new Error(`no valid event: ${JSON.stringify([parsed, event])}`);
  if (kind !== undefined) {
    const fact = orderFact(kind, parsed.event as never, hash) as OrderFact;
    return { kind: 'order', orderId: fact.data.orderId, fact };
  }
  if (happening.type === memberIdentified.type) {
    const identified = memberIdentified.parse(event);
    if (!identified.ok) throw new Error('no identification');
    const { anonymousId } = identified.event.data;
    return { kind: 'identification', anonymousId, identification: identificationOf(identified.event, hash) };
  }
  const { memberId } = parsed.event.data as { memberId: string };
  const told =
    happening.type === memberCheckedIn.type
      ? checkInOf(parsed.event, hash)
      : introductionOf(parsed.event as never, hash);
  if (told === undefined) throw new Error(`no fact of an account: ${JSON.stringify(event)}`);
  return { kind: 'cause', memberId, ...told };
}

/** What comes by a command, or by a review's way, as the fact that is kept of it. */
function deedOf({ type, id, time, data: all }: Happening, hash: string): LoyaltyFact | undefined {
  const { memberId, ...data } = all as { memberId: string } & Record<string, string>;
  const fact = (kind: CauseFact['kind'], causeId: string, says: object): LoyaltyFact => {
    const base = { kind, eventId: id, hash: hash.slice(0, 22), atMs: Date.parse(time) };
    return { kind: 'cause', memberId, causeId, fact: { ...base, data: says } as CauseFact };
  };
  switch (type) {
    case 'points.redemption':
      return fact('redeemed', `redemption:${data.redemptionId}`, data);
    case 'points.redemption_release':
      return fact('released', `redemption:${data.redemptionId}`, data);
    case 'points.adjustment':
      return fact('adjusted', `adjustment:${data.adjustmentId}`, { ...data, reason: 'by hand', by: 'desk' });
    case 'review': {
      const step = data.step as 'submitted' | 'published' | 'rejected';
      return fact(`review_${step}`, `review:${data.reviewId}`, { type: `review.${step}.v1` });
    }
    default:
      return undefined;
  }
}
