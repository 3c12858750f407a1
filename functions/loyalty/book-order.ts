import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import type { ProfileStore } from '../../shared/adapters/dynamo/profile-store.ts';
import type { OrderFact } from '../../shared/domain/loyalty/order-facts.ts';
import type { Policies } from '../../shared/policy/policies.ts';
import { MemberErased, PermanentFailure } from '../../shared/runtime/errors.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import { decideOnOrder } from './decide-on-order.ts';

/** What booking needs beside the fact. */
export type Surroundings = { profile: ProfileStore; policies: Policies; nowMs: number };

/**
 * Books a fact of an order (or, without one, an order whose visitor has been identified): load, decide, save, and
 * again from the start where somebody else has written one of the records in between.
 */
export async function bookOrder(orderId: string, fact: OrderFact | undefined, around: Surroundings): Promise<void> {
  await retryConflicts(WriteConflict, async (attempt) => {
    const { decision } = await decideOnOrder(orderId, fact, around, attempt > 0);
    if (decision.kind === 'erased') throw new MemberErased();
    if (decision.kind === 'refused') throw new PermanentFailure(decision.code, decision.detail);
    if (decision.kind === 'write') await around.profile.save(decision);
  });
}
