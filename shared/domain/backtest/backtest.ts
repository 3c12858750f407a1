import type { Policies } from '../../policy/policies.ts';
import { causeEffect } from '../loyalty/cause-effect.ts';
import { type OrderEffect, orderEffect } from '../loyalty/order-effect.ts';
import type { OrderRecord } from '../loyalty/order-facts.ts';
import type { Posting } from '../loyalty/postings.ts';
import { resolveOwner } from '../loyalty/visitor.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { causeUnder, orderUnder, type Recorded, recordedBy, type Span } from './recorded.ts';
import { type BacktestReport, reportOf } from './report.ts';

/** What became of a member under the present policy and what would have under the draft. */
export type Comparison = { memberId: string; current: Outcome; draft: Outcome };

type BothPostings = { current: Posting[]; draft: Posting[] };

/**
 * Replays what a shop has recorded under two sets of policies and compares what they bring its members. The fold is the
 * one that books the shop's facts; terms that orders were booked under are taken anew.
 */
export function backtest(
  recorded: Recorded,
  sides: { current: Policies; draft: Policies },
  span: Span,
): BacktestReport {
  const comparisons = [...postingsByMember(recordedBy(recorded, span.toMs), sides)].map(
    ([memberId, { current, draft }]): Comparison => ({
      memberId,
      current: outcomeOf(current, sides.current, span),
      draft: outcomeOf(draft, sides.draft, span),
    }),
  );
  return reportOf(comparisons, sides, span);
}

function postingsByMember(
  { orders, causes, visitors }: Recorded,
  sides: { current: Policies; draft: Policies },
): Map<string, BothPostings> {
  const members = new Map<string, BothPostings>();
  const of = (memberId: string): BothPostings => {
    const known = members.get(memberId) ?? { current: [], draft: [] };
    members.set(memberId, known);
    return known;
  };
  for (const order of orders) {
    const current = effectUnder(order, sides.current);
    // Whose an order is, its facts alone decide.
    const visitor = current.owner?.kind === 'visitor' ? visitors.get(current.owner.anonymousId) : undefined;
    const owner = resolveOwner(current.owner, visitor);
    if (owner?.kind !== 'member') continue;
    const both = of(owner.memberId);
    both.current.push(...current.postings);
    both.draft.push(...effectUnder(order, sides.draft).postings);
  }
  for (const cause of causes) {
    const both = of(cause.memberId);
    both.current.push(...causeEffect(causeUnder(cause, sides.current), sides.current));
    both.draft.push(...causeEffect(causeUnder(cause, sides.draft), sides.draft));
  }
  return members;
}

/** Tastes bear on no point and no tier, so they are left out of the fold. */
function effectUnder(order: OrderRecord, policies: Policies): OrderEffect {
  const effect = orderEffect(orderUnder(order, policies));
  return { ...effect, postings: effect.postings.map((posting) => ({ ...posting, taste: [] })) };
}
