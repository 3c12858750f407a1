import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import type { ProfileStore } from '../../shared/adapters/dynamo/profile-store.ts';
import { decideOrder, type Known, newAccountRecord, unknownOrder } from '../../shared/domain/loyalty/decide-order.ts';
import type { OrderFact } from '../../shared/domain/loyalty/order-facts.ts';
import { newVisitor } from '../../shared/domain/loyalty/visitor.ts';
import type { Policy } from '../../shared/policy/policy.ts';
import { PermanentFailure } from '../../shared/runtime/errors.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';

/** What booking needs beside the fact. */
export type Surroundings = { profile: ProfileStore; policy: Policy; nowMs: number };

/**
 * Books a fact of an order (or, without one, an order whose visitor has been identified): load, decide, save, and
 * again from the start where somebody else has written one of the records in between.
 */
export async function bookOrder(orderId: string, fact: OrderFact | undefined, around: Surroundings): Promise<void> {
  await retryConflicts(WriteConflict, async (attempt) => {
    let known = await load(orderId, fact, around, attempt > 0);
    let decision = decideOrder(known, fact, around.policy, around.nowMs);
    while (decision.kind === 'need') {
      known = await loadMore(known, decision, around);
      decision = decideOrder(known, fact, around.policy, around.nowMs);
    }
    if (decision.kind === 'refused') throw new PermanentFailure(decision.code, decision.detail);
    if (decision.kind === 'write') await around.profile.save(decision);
  });
}

/** The order, and the account or visitor that the fact names, in one read. */
async function load(orderId: string, fact: OrderFact | undefined, around: Surroundings, consistent: boolean) {
  const { memberId, anonymousId } = fact?.data ?? {};
  const found = await around.profile.loadTogether({ orderId, memberId, anonymousId, consistent });
  const known: Known = { ...unknownOrder(orderId), ...(found.order && { order: found.order }) };
  if (memberId !== undefined) {
    return { ...known, accounts: new Map([[memberId, found.account ?? newAccountRecord(memberId, around.policy)]]) };
  }
  if (anonymousId === undefined) return known;
  return { ...known, visitors: new Map([[anonymousId, found.visitor ?? newVisitor(anonymousId)]]) };
}

async function loadMore(
  known: Known,
  need: { visitors: string[]; accounts: string[]; histories: string[] },
  { profile, policy }: Surroundings,
): Promise<Known> {
  const [visitors, accounts, histories] = await Promise.all([
    Promise.all(need.visitors.map(async (id) => [id, (await profile.loadVisitor(id)) ?? newVisitor(id)] as const)),
    Promise.all(
      need.accounts.map(async (id) => [id, (await profile.loadAccount(id)) ?? newAccountRecord(id, policy)] as const),
    ),
    Promise.all(need.histories.map(async (id) => [id, await profile.loadHistory(id)] as const)),
  ]);
  return {
    order: known.order,
    visitors: new Map([...known.visitors, ...visitors]),
    accounts: new Map([...known.accounts, ...accounts, ...histories.map(([id, it]) => [id, it.record] as const)]),
    histories: new Map([...known.histories, ...histories.map(([id, it]) => [id, it.history] as const)]),
  };
}
