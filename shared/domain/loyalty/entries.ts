import type { Hold } from './order-effect.ts';

export type EntryState = 'pending' | 'available' | 'debt';
export type EntryKind = 'earn' | 'available' | 'reverse' | 'redeem' | 'refund' | 'expire' | 'adjust';

/** What every line of a journal says of why it stands there. */
type Cause = { atMs: number; eventId: string; eventType: string; subject: string; policyStamp: string };

/**
 * One leg of a movement of points, never edited. The legs of a movement say from where to where: over all entries the
 * points with state `pending` sum to what is pending, and likewise for `available` and (negative) `debt`.
 */
export type Entry = Cause & {
  kind: EntryKind;
  state: EntryState;
  /** Signed. */
  points: number;
  hold?: Hold | undefined;
  arithmetic: string;
};

export type TierReason =
  /** Spend has reached the tier. */
  | 'spend'
  /** Spend has been taken back. */
  | 'return'
  /** Spend has left the time a tier is judged on, and the grace is over. */
  | 'lapse'
  /** The policy has changed. */
  | 'policy'
  /** A fact came late. */
  | 'correction';

/** The member has come to another tier. */
export type TierChange = Cause & {
  kind: 'tier';
  from: string;
  to: string;
  /** The spend that it was judged on, in minor units of the base currency. */
  spend: number;
  reason: TierReason;
};

/** Points are about to expire: told once, so many days before. */
export type ExpiryNotice = Cause & { kind: 'notice'; points: number; days: number; expiresAtMs: number };

/** The member's first completed order has passed its return window, and the one who brought the member is due a reward. */
export type ReferralNote = Cause & { kind: 'referral'; by: string; withdrawn?: true | undefined };

/** What stands in the journal beside entries: news that move no points. */
export type Note = TierChange | ExpiryNotice | ReferralNote;

const NOTES: ReadonlySet<string> = new Set<Note['kind']>(['tier', 'notice', 'referral']);

export function isEntry<Candidate extends { kind: string }>(
  candidate: Candidate,
): candidate is Exclude<Candidate, { kind: Note['kind'] }> {
  return !NOTES.has(candidate.kind);
}
