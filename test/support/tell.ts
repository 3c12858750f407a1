import { bookCause } from '../../functions/loyalty/book-cause.ts';
import { bookOrder } from '../../functions/loyalty/book-order.ts';
import { identifyVisitor } from '../../functions/loyalty/identify-visitor.ts';
import type { ProfileStore } from '../../shared/adapters/dynamo/profile-store.ts';
import { always, type Policies } from '../../shared/policy/policies.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import { factOf, type Told } from './shop-story.ts';

/** Tells a story to the loyalty domain over a store, one thing after the other. */
export async function tell(
  profile: ProfileStore,
  told: readonly Told[],
  policies: Policies = always(currentPolicy),
): Promise<void> {
  const around = { profile, policies, nowMs: 0 };
  for (const fact of told.map(factOf)) {
    if (fact.kind === 'order') await bookOrder(fact.orderId, fact.fact, around);
    else if (fact.kind === 'cause') await bookCause(fact, around);
    else await identifyVisitor(fact.anonymousId, fact.identification, around);
  }
}
