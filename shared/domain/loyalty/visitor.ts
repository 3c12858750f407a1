import type { EventOf } from '../../../events/define-event.ts';
import type { memberIdentified } from '../../../events/member/member-identified.v1.ts';
import type { Owner } from './order-facts.ts';

/** Somebody known by an anonymous id alone, until a login says which member it is. */
export type Visitor = {
  anonymousId: string;
  /** Counts the writes; 0 is a visitor never written. */
  version: number;
  /** In canonical order: by time, then event id. The first one counts. */
  identifications: Identification[];
  /** Orders placed under this anonymous id, whoever they belong to by now. */
  orderIds: string[];
};

export type Identification = { eventId: string; hash: string; atMs: number; memberId: string };

/** A login as a fact about a visitor. */
export function identificationOf(event: EventOf<typeof memberIdentified>, hash: string): Identification {
  return {
    eventId: event.id,
    hash: hash.slice(0, 22),
    atMs: Date.parse(event.time),
    memberId: event.data.memberId,
  };
}

/** Beyond this a visitor is no person but a kiosk or a robot; its further orders go to the dead letters. */
export const ORDERS_PER_VISITOR_LIMIT = 500;
export const IDENTIFICATIONS_LIMIT = 50;

export function newVisitor(anonymousId: string): Visitor {
  return { anonymousId, version: 0, identifications: [], orderIds: [] };
}

/** The member a visitor turned out to be: the one of the earliest identification, so that history joins once. */
export function memberOfVisitor(visitor: Visitor): string | undefined {
  return visitor.identifications[0]?.memberId;
}

/** Whose an order is once it is known who its visitor is. */
export function resolveOwner(claimed: Owner | undefined, visitor: Visitor | undefined): Owner | undefined {
  if (claimed?.kind !== 'visitor' || visitor === undefined) return claimed;
  const memberId = memberOfVisitor(visitor);
  return memberId === undefined ? claimed : { kind: 'member', memberId };
}

export type Identify =
  | { kind: 'identified'; visitor: Visitor }
  | { kind: 'duplicate' }
  | { kind: 'refused'; code: 'id_reused' | 'too_many_facts'; detail: string };

/** Adds an identification; the visitor's member is the earliest one's whatever the order of arrival. */
export function identify(visitor: Visitor, identification: Identification): Identify {
  const known = visitor.identifications.find((it) => it.eventId === identification.eventId);
  if (known !== undefined) {
    if (known.hash === identification.hash) return { kind: 'duplicate' };
    return { kind: 'refused', code: 'id_reused', detail: `Event ${known.eventId} is known with other content.` };
  }
  if (visitor.identifications.length >= IDENTIFICATIONS_LIMIT) {
    const detail = `Visitor ${visitor.anonymousId} has been identified ${IDENTIFICATIONS_LIMIT} times.`;
    return { kind: 'refused', code: 'too_many_facts', detail };
  }
  const identifications = [...visitor.identifications, identification].sort(
    (a, b) => a.atMs - b.atMs || (a.eventId < b.eventId ? -1 : 1),
  );
  return { kind: 'identified', visitor: { ...visitor, identifications } };
}

/**
 * What is left of a visitor when a member is erased that it turned out to be; undefined where that is nothing. Orders that were the
 * member's are nobody else's, whoever logs in next.
 */
export function withoutMember(visitor: Visitor, memberId: string): Visitor | undefined {
  const identifications = visitor.identifications.filter((it) => it.memberId !== memberId);
  if (identifications.length === 0) return undefined;
  const orderIds = memberOfVisitor(visitor) === memberId ? [] : visitor.orderIds;
  return { ...visitor, version: visitor.version + 1, identifications, orderIds };
}
