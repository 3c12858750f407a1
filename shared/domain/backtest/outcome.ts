import { type Policies, policyAt } from '../../policy/policies.ts';
import { availablePoints, newAccount, pendingPoints } from '../loyalty/account.ts';
import { type Entry, isEntry, type TierChange } from '../loyalty/entries.ts';
import { accountAt, foldPostings } from '../loyalty/fold.ts';
import type { Movements } from '../loyalty/points.ts';
import { inTime, isOrderPosting, type Posting } from '../loyalty/postings.ts';
import type { Span } from './recorded.ts';

/** Points that came and went in the span, all 0 or more but `adjusted`, which has a sign. */
export type PointFlows = Record<'issued' | 'reversed' | 'expired' | 'redeemed' | 'refunded' | 'adjusted', number>;

/** What became of one member under some policies. Money is in minor units of the base currency. */
export type Outcome = {
  /** Orders placed in the span. */
  orders: number;
  flows: PointFlows;
  /** As it stands at the end of the span. */
  balance: { available: number; pending: number; debt: number };
  tier: string;
  moves: { up: number; down: number };
  /** What the tier that the member had when an order was placed takes off what is kept of it. */
  discounts: { orders: number; amount: number };
};

/** Folds a member's postings and adds up what the span brought; nobody is assumed to buy more or less for it. */
export function outcomeOf(postings: readonly Posting[], policies: Policies, span: Span): Outcome {
  const folded = foldPostings(newAccount(policies), inTime(postings), policies);
  const { account, entries } = accountAt(folded.account, span.toMs, policies);
  const movements = [...folded.entries, ...entries];
  const inSpan = movements.filter(({ atMs }) => atMs >= span.fromMs);
  const tiers = inSpan.filter((it): it is TierChange => it.kind === 'tier');
  const ups = tiers.map((change) => directionOf(change, policies));
  const { orders, discounts } = discountsOf(postings, movements, policies, span);
  return {
    orders,
    flows: flowsOf(inSpan.filter(isEntry)),
    balance: { available: availablePoints(account), pending: pendingPoints(account), debt: account.debt },
    tier: account.tier.id,
    moves: { up: ups.filter((it) => it > 0).length, down: ups.filter((it) => it < 0).length },
    discounts,
  };
}

function flowsOf(entries: readonly Entry[]): PointFlows {
  const sum = new Map<Entry['kind'], number>();
  for (const { kind, points } of entries) sum.set(kind, (sum.get(kind) ?? 0) + points);
  // Without the sign of nothing: what was never taken is 0.
  const taken = (kind: Entry['kind']) => 0 - (sum.get(kind) ?? 0);
  return {
    issued: sum.get('earn') ?? 0,
    reversed: taken('reverse'),
    expired: taken('expire'),
    redeemed: taken('redeem'),
    refunded: sum.get('refund') ?? 0,
    adjusted: sum.get('adjust') ?? 0,
  };
}

/** Above 0 for a rise; a tier that the policy has dropped is compared by the threshold it had under the one before. */
function directionOf({ from, to, atMs }: TierChange, policies: Policies): number {
  const { steps } = policyAt(policies, atMs).tiers;
  const thresholdOf = (id: string) =>
    steps.find((step) => step.id === id)?.threshold ??
    policyAt(policies, atMs - 1).tiers.steps.find((step) => step.id === id)?.threshold ??
    0;
  return thresholdOf(to) - thresholdOf(from);
}

/** The tier that a member has when an order is placed is the one before anything that the order itself brings. */
function discountsOf(
  postings: readonly Posting[],
  movements: Movements,
  policies: Policies,
  { fromMs }: Span,
): { orders: number; discounts: Outcome['discounts'] } {
  const kept = keptNets(postings);
  const discounts = { orders: 0, amount: 0 };
  let orders = 0;
  let tier: string | undefined;
  for (const movement of movements) {
    if (movement.kind === 'tier') tier = movement.to;
    // Every placing is an entry, also where it brings no points.
    if (movement.kind !== 'earn' || movement.eventType !== 'order.placed.v1' || movement.atMs < fromMs) continue;
    orders += 1;
    const { steps } = policyAt(policies, movement.atMs).tiers;
    const step = tier === undefined ? steps[0] : steps.find(({ id }) => id === tier);
    const amount = percentOf(kept.get(movement.subject) ?? 0, step?.discountPercent ?? 0);
    if (amount > 0) discounts.orders += 1;
    discounts.amount += amount;
  }
  return { orders, discounts };
}

/** What is kept of each order, after returns; of one that was cancelled, nothing. */
function keptNets(postings: readonly Posting[]): Map<string, number> {
  const kept = new Map<string, number>();
  const cancelled = new Set<string>();
  for (const posting of postings) {
    if (!isOrderPosting(posting)) continue;
    const { subject, net = 0, returned } = posting;
    if (posting.kind === 'cancelled') cancelled.add(subject);
    else kept.set(subject, (kept.get(subject) ?? 0) + net - returned);
  }
  for (const orderId of cancelled) kept.set(orderId, 0);
  return kept;
}

/** A share of an amount, half up, of a percentage with at most four decimals. */
function percentOf(net: number, percent: number): number {
  if (percent === 0) return 0;
  return Number((BigInt(net) * BigInt(Math.round(percent * 10_000)) + 500_000n) / 1_000_000n);
}
