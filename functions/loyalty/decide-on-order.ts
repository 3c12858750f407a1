import { decideOrder, type Known, type OrderDecision } from '../../shared/domain/loyalty/decide-order.ts';
import type { OrderFact } from '../../shared/domain/loyalty/order-facts.ts';
import type { Surroundings } from './book-order.ts';
import { loadKnown, loadMore } from './load-known.ts';

/** What a decision came to, and all that had been read for it. */
export type Decided = { known: Known; decision: Exclude<OrderDecision, { kind: 'need' }> };

/** Decides on a fact of an order, reading what the decision turns out to need. Nothing is written. */
export async function decideOnOrder(
  orderId: string,
  fact: OrderFact | undefined,
  around: Surroundings,
  again: boolean,
): Promise<Decided> {
  let known = await loadKnown(orderId, fact, around, again);
  let decision = decideOrder(known, fact, around.policies, around.nowMs);
  while (decision.kind === 'need') {
    known = await loadMore(known, decision, around);
    decision = decideOrder(known, fact, around.policies, around.nowMs);
  }
  return { known, decision };
}
