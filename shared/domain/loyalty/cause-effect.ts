import { type Policies, policyAt } from '../../policy/policies.ts';
import type { Policy } from '../../policy/policy.ts';
import { endOfMonth } from '../calendar/calendar.ts';
import type { CauseFact, CauseRecord } from './cause-facts.ts';

/** One step of a cause that is no order, as it bears on the account. Amounts are 0 or more. */
export type CausePosting = {
  atMs: number;
  kind:
    | 'introduced'
    | 'checked_in'
    | 'redeemed'
    | 'released'
    /** Points to spend at once. */
    | 'granted'
    /** Points that are pending until something happens; then they are `confirmed` or `dropped`. */
    | 'pended'
    | 'confirmed'
    | 'dropped'
    /** Points taken from what can be spent. */
    | 'taken'
    /** Everything that is left is taken out, because the member is no more. */
    | 'closed';
  eventId: string;
  eventType: string;
  /** The cause's id. */
  subject: string;
  policyStamp: string;
  points: number;
  arithmetic: string;
  /** Whether the movement is a correction by the desk, or belongs to what members earn. */
  adjusts?: true;
  redemptionId?: string | undefined;
  orderId?: string | undefined;
  orderNet?: number | undefined;
  /** What of that had come back by then, and whether the order had been cancelled, where it became known later. */
  orderBack?: number | undefined;
  orderOver?: true | undefined;
  timeZone?: string | undefined;
  referredBy?: string | undefined;
  /** What becomes of points that are not there any more to be taken; left out for `debt`. */
  shortfall?: 'within_balance' | 'only_pending' | undefined;
  /** When the points end that are taken back, or given back, which had been given before. */
  expiresAtMs?: number | undefined;
};

const EVENT_TYPES: Record<
  Exclude<CauseFact['kind'], 'rewarded' | 'revoked' | 'penalised' | `review_${string}`>,
  string
> = {
  introduced: 'member.registered.v1',
  checked_in: 'member.checked_in.v1',
  redeemed: 'points.redemption',
  released: 'points.redemption_release',
  adjusted: 'points.adjustment',
  closed: 'member.erased',
};

/** What the facts known of a cause call for, by their set alone and not by the order in which they came. */
export function causeEffect(cause: CauseRecord, policies: Policies): CausePosting[] {
  const postings: CausePosting[] = [];
  const state: CauseState = { penalty: 0, pending: 0, given: 0, expiresAtMs: 0, redeemed: false };
  for (const fact of cause.facts) {
    const posting = postingOf(cause, fact, state, policies);
    if (posting !== undefined) postings.push(posting);
  }
  return postings;
}

/** What a review or a reward has brought so far: points that wait, and points given with their end. */
type CauseState = {
  /** Taken for a rejected review so far. */
  penalty: number;
  pending: number;
  given: number;
  expiresAtMs: number;
  /** What a review brings, by the policy of the first that is known of it. */
  worth?: number;
  redeemed: boolean;
};

/** When points end that are given at an instant. */
export function expiryOfGrant(atMs: number, { points, timeZone }: Policy): number {
  return endOfMonth(atMs, points.expiryMonths, timeZone);
}

function postingOf(
  { causeId }: CauseRecord,
  fact: CauseFact,
  state: CauseState,
  policies: Policies,
): CausePosting | undefined {
  const policy = policyAt(policies, fact.atMs);
  const { shortfall } = policy.points;
  const base = {
    atMs: fact.atMs,
    eventId: fact.eventId,
    subject: causeId,
    policyStamp: policy.stamp,
    ...(shortfall !== 'debt' && { shortfall }),
  };
  switch (fact.kind) {
    case 'introduced': {
      const { timeZone, referredBy } = fact.data;
      const eventType = EVENT_TYPES[fact.kind];
      return { ...base, kind: 'introduced', eventType, points: 0, arithmetic: '', timeZone, referredBy };
    }
    case 'checked_in': {
      const points = policy.points.checkIn;
      return { ...base, kind: 'checked_in', eventType: EVENT_TYPES[fact.kind], points, arithmetic: `${points} a day` };
    }
    case 'redeemed': {
      state.redeemed = true;
      const { redemptionId, points, orderId, orderNet } = fact.data;
      const arithmetic = `${points} points redeemed${orderId === undefined ? '' : ` for order ${orderId}`}`;
      const eventType = EVENT_TYPES[fact.kind];
      return { ...base, kind: 'redeemed', eventType, points, arithmetic, redemptionId, orderId, orderNet };
    }
    case 'released': {
      if (!state.redeemed) return undefined;
      const { redemptionId } = fact.data;
      const arithmetic = `redemption ${redemptionId} undone`;
      return { ...base, kind: 'released', eventType: EVENT_TYPES[fact.kind], points: 0, arithmetic, redemptionId };
    }
    case 'adjusted': {
      const { points } = fact.data;
      const eventType = EVENT_TYPES[fact.kind];
      const amount = Math.abs(points);
      return {
        ...base,
        kind: points > 0 ? 'granted' : 'taken',
        eventType,
        points: amount,
        arithmetic: `${amount} points ${points > 0 ? 'given' : 'taken'} by hand`,
        adjusts: true,
        // The desk takes what can be spent: that is what it is asked for, whatever becomes of returns.
        ...(shortfall === 'only_pending' && { shortfall: 'within_balance' }),
      };
    }
    case 'closed':
      return {
        ...base,
        kind: 'closed',
        eventType: EVENT_TYPES[fact.kind],
        points: 0,
        arithmetic: 'the account is closed',
      };
    case 'rewarded': {
      if (state.given > 0) return undefined;
      const { points, reason, type } = fact.data;
      state.given = points;
      state.expiresAtMs = expiryOfGrant(fact.atMs, policy);
      return { ...base, kind: 'granted', eventType: type, points, arithmetic: reason };
    }
    case 'revoked': {
      if (state.given === 0) return undefined;
      const { given: points, expiresAtMs } = state;
      const { type: eventType, reason: arithmetic } = fact.data;
      state.given = 0;
      return { ...base, kind: 'taken', eventType, points, arithmetic, expiresAtMs };
    }
    case 'penalised': {
      const change = fact.data.points - state.penalty;
      if (change === 0) return undefined;
      state.penalty = fact.data.points;
      const { type: eventType, points } = fact.data;
      const arithmetic = change > 0 ? `a rejected review costs ${points}` : 'the rejection is lifted';
      return { ...base, kind: change > 0 ? 'taken' : 'granted', eventType, points: Math.abs(change), arithmetic };
    }
    case 'review_submitted':
    case 'review_published':
    case 'review_rejected':
      return reviewPosting(fact, base, state, policy);
  }
}

/**
 * A review's points wait for its publication; a rejection takes them back from where they are, and an appeal restores
 * them: as many as they were, to the end they had.
 */
function reviewPosting(
  fact: Extract<CauseFact, { kind: `review_${string}` }>,
  base: Pick<CausePosting, 'atMs' | 'eventId' | 'subject' | 'policyStamp' | 'shortfall'>,
  state: CauseState,
  policy: Policy,
): CausePosting | undefined {
  const eventType = fact.data.type;
  const { pending, given, expiresAtMs } = state;
  if (fact.kind === 'review_rejected') {
    state.pending = 0;
    state.given = 0;
    const posting = { ...base, eventType, arithmetic: 'the review is rejected' };
    if (pending > 0) return { ...posting, kind: 'dropped', points: pending };
    if (given > 0) return { ...posting, kind: 'taken', points: given, expiresAtMs };
    return undefined;
  }
  state.worth ??= policy.points.review;
  const points = state.worth;
  if (fact.kind === 'review_submitted') {
    if (pending + given > 0) return undefined;
    state.pending = points;
    return { ...base, kind: 'pended', eventType, points, arithmetic: `${points} once it is published` };
  }
  if (given > 0) return undefined;
  state.pending = 0;
  state.given = points;
  const published = { ...base, eventType, points, arithmetic: 'the review is published' } as const;
  if (expiresAtMs > 0 && pending === 0) {
    // What comes back ends when it would have; where that has passed meanwhile, it can be spent until the month is over.
    state.expiresAtMs = Math.max(expiresAtMs, endOfMonth(fact.atMs, 0, policy.timeZone));
    return { ...published, kind: 'granted', expiresAtMs: state.expiresAtMs };
  }
  state.expiresAtMs = expiryOfGrant(fact.atMs, policy);
  return { ...published, kind: pending > 0 ? 'confirmed' : 'granted' };
}
