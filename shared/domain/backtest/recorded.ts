import { referralCompleted } from '../../../events/loyalty/referral-completed.v1.ts';
import { type Policies, type PolicyVersion, policyAt } from '../../policy/policies.ts';
import type { Policy } from '../../policy/policy.ts';
import type { CauseRecord } from '../loyalty/cause-facts.ts';
import { addFact, newOrder, type OrderRecord } from '../loyalty/order-facts.ts';
import type { Visitor } from '../loyalty/visitor.ts';

/** All that a shop has recorded that bears on points and tiers. */
export type Recorded = {
  orders: readonly OrderRecord[];
  causes: readonly CauseRecord[];
  visitors: ReadonlyMap<string, Visitor>;
};

/** How much one request replays: within the time and the memory that its function has. */
export const BACKTEST_LIMITS = { orders: 50_000, causes: 200_000 } as const;

/** The instants a back-test looks at, the first and the last among them. */
export type Span = { fromMs: number; toMs: number };

/** What was known by an instant. An order that is left with no fact is not there. */
export function recordedBy({ orders, causes, visitors }: Recorded, toMs: number): Recorded {
  return { orders: orders.flatMap((it) => by(it, toMs)), causes: causes.flatMap((it) => by(it, toMs)), visitors };
}

function by<Kept extends { facts: readonly { atMs: number }[] }>(record: Kept, toMs: number): Kept[] {
  if (record.facts.every(({ atMs }) => atMs <= toMs)) return [record];
  const facts = record.facts.filter(({ atMs }) => atMs <= toMs);
  return facts.length === 0 ? [] : [{ ...record, facts }];
}

/**
 * The policies as they would be had this one been put at an instant: what applied before stays as it was, so that
 * members come into the time that is looked at with what they really had.
 */
export function putAt(policies: Policies, fromMs: number, policy: Policy): Policies {
  const before = policies.filter((version) => version.fromMs < fromMs);
  const [first, ...rest] = [...before, { fromMs, policy }] satisfies PolicyVersion[];
  return [first ?? { fromMs, policy }, ...rest];
}

/**
 * The cause as it would stand under these policies: what a referral brought is taken anew. Its cause bears the id of the
 * member who was brought, so on any other account it is the reward of the one who brought them.
 */
export function causeUnder(cause: CauseRecord, policies: Policies): CauseRecord {
  const { memberId, causeId } = cause;
  const facts = cause.facts.map((fact) => {
    if (fact.kind !== 'rewarded' || fact.data.type !== referralCompleted.type || fact.data.points === 0) return fact;
    const { friendPoints, referrerPoints } = policyAt(policies, fact.atMs).referral;
    const points = causeId === `referral:${memberId}` ? friendPoints : referrerPoints;
    return { ...fact, data: { ...fact.data, points } };
  });
  return { ...cause, facts };
}

/** The order as it would stand under these policies: the terms that were kept with it are taken anew. */
export function orderUnder(order: OrderRecord, policies: Policies): OrderRecord {
  const { terms: _, ...bare } = order;
  const placed = order.facts.find((fact) => fact.kind === 'placed');
  if (placed === undefined) return bare;
  const others = order.facts.filter((fact) => fact !== placed);
  const added = addFact({ ...newOrder(order.orderId), facts: others }, placed, policies);
  return added.kind === 'added' ? added.order : bare;
}

/** Whether anything happened in a span. */
export function anyIn({ orders, causes }: Recorded, { fromMs, toMs }: Span): boolean {
  const within = ({ facts }: { facts: readonly { atMs: number }[] }) =>
    facts.some(({ atMs }) => fromMs <= atMs && atMs <= toMs);
  return orders.some(within) || causes.some(within);
}
