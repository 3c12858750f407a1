import { fitsOneUnit } from '../../shared/adapters/dynamo/profile-records.ts';
import { newAccountRecord } from '../../shared/domain/loyalty/book-postings.ts';
import { type Known, unknownOrder } from '../../shared/domain/loyalty/decide-order.ts';
import type { OrderFact } from '../../shared/domain/loyalty/order-facts.ts';
import { newVisitor } from '../../shared/domain/loyalty/visitor.ts';
import type { Surroundings } from './book-order.ts';

/**
 * The order, and the account or visitor that the fact names, in one read. An old state of an order or an account is
 * found out when it is written, by its version. A visitor that is only looked at is not written, and an order that is
 * not there at all calls for no write; so where no member is named, only the present state will do.
 */
export async function loadKnown(
  orderId: string,
  fact: OrderFact | undefined,
  around: Surroundings,
  again: boolean,
): Promise<Known> {
  const { memberId, anonymousId } = fact?.data ?? {};
  const consistent = again || memberId === undefined;
  const found = await around.profile.loadTogether({ orderId, memberId, anonymousId, consistent });
  const known: Known = { ...unknownOrder(orderId), fits: fitsOneUnit, ...(found.order && { order: found.order }) };
  if (memberId !== undefined) {
    return { ...known, accounts: new Map([[memberId, found.account ?? newAccountRecord(memberId, around.policies)]]) };
  }
  if (anonymousId === undefined) return known;
  return { ...known, visitors: new Map([[anonymousId, found.visitor ?? newVisitor(anonymousId)]]) };
}

/** What a decision has found to be missing, added to what is known. */
export async function loadMore(
  known: Known,
  need: { visitors: string[]; accounts: string[]; histories: string[] },
  { profile, policies }: Surroundings,
): Promise<Known> {
  const [visitors, accounts, histories] = await Promise.all([
    Promise.all(need.visitors.map(async (id) => [id, (await profile.loadVisitor(id)) ?? newVisitor(id)] as const)),
    Promise.all(
      need.accounts.map(async (id) => [id, (await profile.loadAccount(id)) ?? newAccountRecord(id, policies)] as const),
    ),
    Promise.all(need.histories.map(async (id) => [id, await profile.loadHistory(id)] as const)),
  ]);
  return {
    ...known,
    visitors: new Map([...known.visitors, ...visitors]),
    accounts: new Map([...known.accounts, ...accounts, ...histories.map(([id, it]) => [id, it.record] as const)]),
    histories: new Map([...known.histories, ...histories.map(([id, it]) => [id, it.history] as const)]),
  };
}
