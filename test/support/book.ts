import { bookCause } from '../../functions/loyalty/book-cause.ts';
import { bookOrder, type Surroundings } from '../../functions/loyalty/book-order.ts';
import { identifyVisitor } from '../../functions/loyalty/identify-visitor.ts';
import type { ProfileStore } from '../../shared/adapters/dynamo/profile-store.ts';
import { always } from '../../shared/policy/policies.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import { toFact } from './loyalty-facts.ts';
import type { Happening } from './order-histories.ts';

/** Gives the happenings to the loyalty domain over a store, one after the other, as its reactions do. */
export async function book(
  profile: ProfileStore,
  happenings: readonly Happening[],
  around: Partial<Omit<Surroundings, 'profile'>> = {},
): Promise<void> {
  const surroundings = { policies: always(currentPolicy), nowMs: 0, ...around, profile };
  for (const fact of happenings.map(toFact)) {
    if (fact.kind === 'order') await bookOrder(fact.orderId, fact.fact, surroundings);
    else if (fact.kind === 'cause') await bookCause(fact, surroundings);
    else await identifyVisitor(fact.anonymousId, fact.identification, surroundings);
  }
}
