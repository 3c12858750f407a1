import type { Policy } from '../../policy/policy.ts';
import { type Account, comparePostingKeys, foldPostings, newAccount, postingKey } from './account.ts';
import { type GuestFigures, guestFigures } from './decide-order.ts';
import { orderEffect, type Posting } from './order-effect.ts';
import { addFact, newOrder, type OrderFact, type OrderRecord } from './order-facts.ts';
import { type Identification, identify, newVisitor, resolveOwner, type Visitor } from './visitor.ts';

/** A fact of an order, or a visitor that turned out to be a member. */
export type LoyaltyFact =
  | { kind: 'order'; orderId: string; fact: OrderFact }
  | { kind: 'identification'; anonymousId: string; identification: Identification };

export type Replay = {
  orders: Map<string, OrderRecord>;
  visitors: Map<string, Visitor>;
  accounts: Map<string, Account>;
  guests: GuestFigures;
};

/**
 * The whole state of the loyalty domain as one fold of facts, without stores, versions or increments: what any run of
 * the reactions over the same facts must come to, whatever the order, however often each fact was delivered.
 */
export function replay(facts: readonly LoyaltyFact[], policy: Policy): Replay {
  const orders = new Map<string, OrderRecord>();
  const visitors = new Map<string, Visitor>();
  for (const known of facts) {
    if (known.kind === 'order') {
      const added = addFact(orders.get(known.orderId) ?? newOrder(known.orderId), known.fact, policy);
      if (added.kind === 'added') orders.set(known.orderId, added.order);
    } else {
      const { anonymousId, identification } = known;
      const identified = identify(visitors.get(anonymousId) ?? newVisitor(anonymousId), identification);
      if (identified.kind === 'identified') visitors.set(anonymousId, identified.visitor);
    }
  }
  const postings = new Map<string, Posting[]>();
  const guestPostings: Posting[] = [];
  for (const order of orders.values()) {
    const effect = orderEffect(order);
    const visitor = effect.owner?.kind === 'visitor' ? visitors.get(effect.owner.anonymousId) : undefined;
    const owner = resolveOwner(effect.owner, visitor);
    if (owner?.kind === 'guest') guestPostings.push(...effect.postings);
    if (owner?.kind === 'member') {
      postings.set(owner.memberId, [...(postings.get(owner.memberId) ?? []), ...effect.postings]);
    }
  }
  const accounts = [...postings].map(([memberId, booked]) => {
    const sorted = booked.sort((a, b) => comparePostingKeys(postingKey(a), postingKey(b)));
    return [memberId, foldPostings(newAccount(policy), sorted, policy).account] as const;
  });
  return { orders, visitors, accounts: new Map(accounts), guests: guestFigures(guestPostings) };
}
