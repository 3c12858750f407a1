import { latestPolicy, type Policies } from '../../policy/policies.ts';
import type { Policy } from '../../policy/policy.ts';
import { pointsValue } from '../loyalty/arithmetic.ts';
import type { Comparison } from './backtest.ts';
import type { Outcome, PointFlows } from './outcome.ts';
import type { Span } from './recorded.ts';

/** How many members are named who gain, and who lose. */
export const NAMED_MEMBERS = 10;

/** What one policy comes to over all members. Money is in minor units of the base currency. */
export type SideReport = {
  policyVersion: string;
  orders: number;
  members: number;
  points: PointFlows;
  /** Points that members hold at the end and what they are worth; what members owe is not taken off. */
  liability: { points: number; available: number; pending: number; debt: number; value: number };
  /** How many members end in each tier, lowest first. */
  tiers: { id: string; members: number }[];
  tierMoves: { up: number; down: number };
  discounts: { orders: number; amount: number };
  /** What the points that came and stayed, or were spent, are worth, and with the discounts. */
  cost: { points: number; discounts: number; total: number };
};

/** One policy as it bore on one member. */
export type MemberSide = { tier: string; points: number; discounts: number; value: number };

/** A member by what the draft would have changed, worth `difference`. */
export type MemberChange = { memberId: string; difference: number; current: MemberSide; draft: MemberSide };

export type BacktestReport = {
  currency: string;
  /** Left out where the whole history was looked at. */
  from?: string;
  to: string;
  current: SideReport;
  draft: SideReport;
  /** Draft less current. */
  difference: {
    pointsIssued: number;
    liability: { points: number; value: number };
    discounts: number;
    cost: number;
  };
  /** Members who end in another tier under the draft, most first. */
  tierMoves: { from: string; to: string; members: number }[];
  members: { gain: number; lose: number; same: number };
  gainMost: MemberChange[];
  loseMost: MemberChange[];
};

export function reportOf(
  comparisons: readonly Comparison[],
  policies: { current: Policies; draft: Policies },
  { fromMs, toMs }: Span,
): BacktestReport {
  const policy = { current: latestPolicy(policies.current), draft: latestPolicy(policies.draft) };
  const current = sideReport(
    comparisons.map((it) => it.current),
    policy.current,
  );
  const draft = sideReport(
    comparisons.map((it) => it.draft),
    policy.draft,
  );
  const changes = comparisons.map((it) => changeOf(it, policy)).sort(byExtent);
  const gain = changes.filter(({ difference }) => difference > 0);
  const lose = changes.filter(({ difference }) => difference < 0);
  return {
    currency: policy.current.currency,
    ...(Number.isFinite(fromMs) && { from: new Date(fromMs).toISOString() }),
    to: new Date(toMs).toISOString(),
    current,
    draft,
    difference: {
      pointsIssued: draft.points.issued - current.points.issued,
      liability: {
        points: draft.liability.points - current.liability.points,
        value: draft.liability.value - current.liability.value,
      },
      discounts: draft.discounts.amount - current.discounts.amount,
      cost: draft.cost.total - current.cost.total,
    },
    tierMoves: tierMovesOf(comparisons),
    members: { gain: gain.length, lose: lose.length, same: changes.length - gain.length - lose.length },
    gainMost: gain.slice(0, NAMED_MEMBERS),
    loseMost: lose.slice(0, NAMED_MEMBERS),
  };
}

function sideReport(outcomes: readonly Outcome[], policy: Policy): SideReport {
  const total = (pick: (outcome: Outcome) => number) => outcomes.reduce((sum, outcome) => sum + pick(outcome), 0);
  const points: PointFlows = {
    issued: total((it) => it.flows.issued),
    reversed: total((it) => it.flows.reversed),
    expired: total((it) => it.flows.expired),
    redeemed: total((it) => it.flows.redeemed),
    refunded: total((it) => it.flows.refunded),
    adjusted: total((it) => it.flows.adjusted),
  };
  const available = total((it) => it.balance.available);
  const pending = total((it) => it.balance.pending);
  const discounts = total((it) => it.discounts.amount);
  const worth = pointsValue(gained(points), policy);
  return {
    policyVersion: policy.stamp,
    orders: total((it) => it.orders),
    members: outcomes.length,
    points,
    liability: {
      points: available + pending,
      available,
      pending,
      debt: total((it) => it.balance.debt),
      value: pointsValue(available + pending, policy),
    },
    tiers: policy.tiers.steps.map(({ id }) => ({ id, members: outcomes.filter(({ tier }) => tier === id).length })),
    tierMoves: { up: total((it) => it.moves.up), down: total((it) => it.moves.down) },
    discounts: { orders: total((it) => it.discounts.orders), amount: discounts },
    cost: { points: worth, discounts, total: worth + discounts },
  };
}

/** Points that members came by and did not lose again; what they have spent of them they have had. */
function gained({ issued, reversed, expired, adjusted }: PointFlows): number {
  return issued - reversed - expired + adjusted;
}

function changeOf({ memberId, current, draft }: Comparison, policy: { current: Policy; draft: Policy }): MemberChange {
  const sides = { current: memberSide(current, policy.current), draft: memberSide(draft, policy.draft) };
  return { memberId, difference: sides.draft.value - sides.current.value, ...sides };
}

function memberSide({ tier, flows, discounts }: Outcome, policy: Policy): MemberSide {
  const points = gained(flows);
  return { tier, points, discounts: discounts.amount, value: pointsValue(points, policy) + discounts.amount };
}

/** Whom it changes most for first, for better or worse; of the same extent, by id. */
function byExtent(a: MemberChange, b: MemberChange): number {
  return Math.abs(b.difference) - Math.abs(a.difference) || (a.memberId < b.memberId ? -1 : 1);
}

function tierMovesOf(comparisons: readonly Comparison[]): BacktestReport['tierMoves'] {
  const moved = comparisons.filter(({ current, draft }) => current.tier !== draft.tier);
  const groups = Map.groupBy(moved, ({ current, draft }) => JSON.stringify([current.tier, draft.tier]));
  return [...groups.values()]
    .map((group) => ({ from: group[0]?.current.tier ?? '', to: group[0]?.draft.tier ?? '', members: group.length }))
    .sort((a, b) => b.members - a.members || (`${a.from} ${a.to}` < `${b.from} ${b.to}` ? -1 : 1));
}
