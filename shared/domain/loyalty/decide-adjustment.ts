import type { Policies } from '../../policy/policies.ts';
import { availablePoints } from './account.ts';
import type { AdjustedFact } from './cause-facts.ts';
import { decideCause, type KnownCause } from './decide-cause.ts';
import { type Balance, balanceOf, type CommandDecision, commandTime, withReceipt } from './decide-redemption.ts';
import { accountAt } from './fold.ts';

/** `POST /v1/members/{id}/adjustments`: points given (more than 0) or taken by a person. */
export type AdjustmentCommand = {
  memberId: string;
  adjustmentId: string;
  points: number;
  /** Who it was, by the token. */
  by: string;
  hash: string;
};

/** What is kept of the answer: the reason is the command's own, and stands in the vault. */
export type AdjustmentReceipt = {
  adjustmentId: string;
  memberId: string;
  points: number;
  at: string;
  balance: Balance;
};

/** Where the reason stands among the words of the member; no event has such an id. */
export const wordsOfAdjustment = (adjustmentId: string): string => `adjustment/${adjustmentId}`;

export const causeOfAdjustment = (adjustmentId: string): string => `adjustment:${adjustmentId}`;

export function reusedAdjustment(adjustmentId: string) {
  const detail = `Adjustment ${adjustmentId} stands for other content.`;
  return { kind: 'refused', code: 'id_reused', detail } as const;
}

/** Decides on an adjustment. Refused are an id that stands for another one, and taking more than the member has. */
export function decideAdjustment(
  known: KnownCause,
  command: AdjustmentCommand,
  policies: Policies,
  nowMs: number,
): CommandDecision<'id_reused' | 'insufficient_points', AdjustmentReceipt> {
  const { adjustmentId, memberId, points, by, hash } = command;
  const earlier = known.cause.facts.find((fact) => fact.kind === 'adjusted');
  if (earlier !== undefined) {
    if (earlier.hash === hash) return { kind: 'again', receipt: known.cause.receipts?.adjusted as AdjustmentReceipt };
    return reusedAdjustment(adjustmentId);
  }
  const atMs = commandTime(known.account.account, nowMs);
  const available = availablePoints(accountAt(known.account.account, atMs, policies).account);
  if (available + points < 0) {
    const detail = `${available} points can be taken, not ${-points}.`;
    return { kind: 'refused', code: 'insufficient_points', detail };
  }
  const fact: AdjustedFact = { kind: 'adjusted', eventId: adjustmentId, hash, atMs, data: { points, by } };
  return withReceipt(decideCause(known, fact, policies), fact.kind, (after) => ({
    adjustmentId,
    memberId,
    points,
    at: new Date(atMs).toISOString(),
    balance: balanceOf(accountAt(after, atMs, policies).account),
  }));
}
