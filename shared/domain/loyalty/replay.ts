import type { Policies } from '../../policy/policies.ts';
import { type Account, newAccount } from './account.ts';
import { causeEffect } from './cause-effect.ts';
import { addCauseFact, type CauseFact, type CauseRecord, newCause } from './cause-facts.ts';
import { type GuestFigures, guestFigures } from './decide-order.ts';
import { foldPostings } from './fold.ts';
import { type OrderPosting, orderEffect } from './order-effect.ts';
import { addFact, newOrder, type OrderFact, type OrderRecord } from './order-facts.ts';
import type { Movements } from './points.ts';
import { inTime, type Posting } from './postings.ts';
import { type Identification, identify, newVisitor, resolveOwner, type Visitor } from './visitor.ts';

/** A fact of an order, of another cause of a member's, or a visitor that turned out to be a member. */
export type LoyaltyFact =
  | { kind: 'order'; orderId: string; fact: OrderFact }
  | { kind: 'cause'; memberId: string; causeId: string; fact: CauseFact }
  | { kind: 'identification'; anonymousId: string; identification: Identification };

export type Replay = {
  orders: Map<string, OrderRecord>;
  causes: Map<string, CauseRecord>;
  visitors: Map<string, Visitor>;
  accounts: Map<string, Account>;
  /** By member, everything that the fold brought, in its order. */
  movements: Map<string, Movements>;
  guests: GuestFigures;
};

/**
 * The whole state of the loyalty domain as one fold of facts, without stores, versions or increments: what any run of
 * the reactions over the same facts must come to, whatever the order, however often each fact was delivered.
 */
export function replay(facts: Iterable<LoyaltyFact>, policies: Policies): Replay {
  const orders = new Map<string, OrderRecord>();
  const causes = new Map<string, CauseRecord>();
  const visitors = new Map<string, Visitor>();
  for (const known of facts) {
    if (known.kind === 'order') {
      const added = addFact(orders.get(known.orderId) ?? newOrder(known.orderId), known.fact, policies);
      if (added.kind === 'added') orders.set(known.orderId, added.order);
    } else if (known.kind === 'cause') {
      const { memberId, causeId, fact } = known;
      const key = `${memberId} ${causeId}`;
      const added = addCauseFact(causes.get(key) ?? newCause(memberId, causeId), fact);
      if (added.kind === 'added') causes.set(key, added.cause);
    } else {
      const { anonymousId, identification } = known;
      const identified = identify(visitors.get(anonymousId) ?? newVisitor(anonymousId), identification);
      if (identified.kind === 'identified') visitors.set(anonymousId, identified.visitor);
    }
  }
  return { orders, causes, visitors, ...foldAll({ orders, causes, visitors }, policies) };
}

/** The accounts and the guests' figures that orders, other causes and visitors come to. */
export function foldAll(
  { orders, causes, visitors }: Pick<Replay, 'orders' | 'causes' | 'visitors'>,
  policies: Policies,
): Pick<Replay, 'accounts' | 'movements' | 'guests'> {
  const postings = new Map<string, Posting[]>();
  const book = (memberId: string, booked: readonly Posting[]) => {
    const before = postings.get(memberId);
    if (before === undefined) postings.set(memberId, [...booked]);
    else before.push(...booked);
  };
  const guestPostings: OrderPosting[] = [];
  for (const order of orders.values()) {
    const effect = orderEffect(order);
    const visitor = effect.owner?.kind === 'visitor' ? visitors.get(effect.owner.anonymousId) : undefined;
    const owner = resolveOwner(effect.owner, visitor);
    if (owner?.kind === 'guest') guestPostings.push(...effect.postings);
    if (owner?.kind === 'member') book(owner.memberId, effect.postings);
  }
  for (const cause of causes.values()) book(cause.memberId, causeEffect(cause, policies));
  const accounts = new Map<string, Account>();
  const movements = new Map<string, Movements>();
  for (const [memberId, booked] of postings) {
    const { account, entries } = foldPostings(newAccount(policies), inTime(booked), policies);
    accounts.set(memberId, account);
    movements.set(memberId, entries);
  }
  return { accounts, movements, guests: guestFigures(guestPostings) };
}
