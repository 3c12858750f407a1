import type { Policies } from '../../policy/policies.ts';
import {
  type AccountHistory,
  type AccountRecord,
  type AccountWrite,
  bookPostings,
  type Fits,
} from './book-postings.ts';
import { causeEffect } from './cause-effect.ts';
import { addCauseFact, type CauseFact, type CauseRecord } from './cause-facts.ts';

/** What has been read so far. A record that is not there yet is given as new, with version 0. */
export type KnownCause = {
  cause: CauseRecord;
  account: AccountRecord;
  /** Needed only where the fact comes late. */
  history?: AccountHistory | undefined;
  fits?: Fits;
};

export type CauseDecision =
  /** Nothing to do: the fact is known and its effect is booked. */
  | { kind: 'nothing' }
  /** The account is closed, because its member has been erased: the fact is not taken. */
  | { kind: 'erased' }
  | { kind: 'refused'; code: string; detail: string }
  /** The decision needs the member's history; ask again with it. */
  | { kind: 'need' }
  /** To be written in one transaction, each record under the condition that its version is still the one before. */
  | { kind: 'write'; cause: CauseRecord; accounts: AccountWrite[] };

/** Decides what a fact of a cause that is no order changes: the difference between its effect now and before. */
export function decideCause(known: KnownCause, fact: CauseFact, policies: Policies): CauseDecision {
  const added = addCauseFact(known.cause, fact);
  if (added.kind === 'duplicate') return { kind: 'nothing' };
  if (added.kind === 'refused') return added;
  if (known.account.account.closedAtMs !== undefined) return { kind: 'erased' };
  const { causeId, version } = known.cause;
  const cause = { ...added.cause, version: version + 1 };
  const booked = causeEffect(known.cause, policies);
  const wanted = causeEffect(cause, policies);
  if (JSON.stringify(booked) === JSON.stringify(wanted)) return { kind: 'write', cause, accounts: [] };
  const { atMs, eventId } = fact;
  const eventType = wanted.at(-1)?.eventType ?? fact.kind;
  const because = { atMs, eventId, eventType, subject: causeId };
  const write = bookPostings(known.account, { subject: causeId, booked, wanted, because }, policies, known);
  return write === 'late' ? { kind: 'need' } : { kind: 'write', cause, accounts: [write] };
}
