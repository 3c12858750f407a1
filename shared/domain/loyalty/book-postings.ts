import { type Policies, policyAt } from '../../policy/policies.ts';
import { type Account, FOLD, newAccount } from './account.ts';
import { causeEffect } from './cause-effect.ts';
import type { CauseRecord } from './cause-facts.ts';
import type { Entry, Note } from './entries.ts';
import { accountAt, foldPostings } from './fold.ts';
import {
  appendEntries,
  correctingEntries,
  EMPTY_JOURNAL,
  type Journal,
  type JournalEntry,
  type JournalPage,
} from './journal.ts';
import { orderEffect } from './order-effect.ts';
import type { OrderRecord } from './order-facts.ts';
import { comparePostingKeys, inTime, type Posting, postingKey } from './postings.ts';
import { tierSpend } from './tiers.ts';

/** A member's account as it is kept. */
export type AccountRecord = {
  memberId: string;
  /** Counts the writes; 0 is an account never written. */
  version: number;
  account: Account;
  journal: Journal;
};

/** All that was ever booked to a member: needed only where a fact comes late and the account is folded anew. */
export type AccountHistory = { entries: JournalEntry[]; orders: OrderRecord[]; causes: CauseRecord[] };

export type AccountWrite = { record: AccountRecord; pages: JournalPage[] };

/** Whether an account with its young journal entries is small enough to be kept as one; the store knows. */
export type Fits = ((record: AccountRecord) => boolean) | undefined;

/** What a change of one cause means for an account: what was booked for it before, and what is called for now. */
export type Change = {
  /** The order's or cause's id. */
  subject: string;
  booked: readonly Posting[];
  wanted: readonly Posting[];
  /** The fact that made the difference, named by corrections. */
  because: Pick<Entry, 'atMs' | 'eventId' | 'eventType' | 'subject'>;
};

export function newAccountRecord(memberId: string, policies: Policies): AccountRecord {
  return { memberId, version: 0, account: newAccount(policies), journal: EMPTY_JOURNAL };
}

/**
 * Applies a change to an account: on top of it where all that is new lies after all that is booked; else the account is
 * folded anew from its history, which has to be given then (`late` where it is not).
 */
export function bookPostings(
  record: AccountRecord,
  change: Change,
  policies: Policies,
  { fits, history }: { fits?: Fits; history?: AccountHistory | undefined },
): AccountWrite | 'late' {
  const fresh = freshPostings(record.account, change);
  if (fresh !== undefined) {
    const { account, entries } = foldPostings(record.account, fresh, policies);
    return writeAccount(record, account, entries, fits);
  }
  return history === undefined ? 'late' : foldAnew(record, change, policies, { fits, history });
}

/** Books what time alone has brought by an instant; undefined where that is nothing. */
export function bookDue(
  record: AccountRecord,
  nowMs: number,
  policies: Policies,
  fits?: Fits,
): AccountWrite | undefined {
  const { account, entries } = accountAt(record.account, nowMs, policies);
  return entries.length === 0 ? undefined : writeAccount(record, account, entries, fits);
}

/** The postings to fold on top of the account, or undefined where something in its past changes. */
function freshPostings(account: Account, { booked, wanted }: Change): Posting[] | undefined {
  if (account.fold !== FOLD) return undefined;
  const kept = wanted.slice(0, booked.length);
  if (JSON.stringify(kept) !== JSON.stringify(booked)) return undefined;
  const fresh = wanted.slice(booked.length);
  const [first] = fresh;
  const { last, clockMs } = account;
  if (first === undefined || last === undefined) return fresh;
  return first.atMs >= clockMs && comparePostingKeys(last, postingKey(first)) < 0 ? fresh : undefined;
}

/** Folds all that belongs to the member from the start and appends what corrects the journal. */
function foldAnew(
  record: AccountRecord,
  { subject, wanted, because }: Change,
  policies: Policies,
  { fits, history }: { fits?: Fits; history: AccountHistory },
): AccountWrite {
  const before = record.account;
  const elsewhere = postingsOf(record.memberId, history, subject, policies);
  const postings = inTime([...elsewhere, ...wanted]);
  const folded = foldPostings(newAccount(policies), postings, policies);
  // Time has been taken into account up to here; what it brought is in the journal and stays.
  const later = accountAt(folded.account, before.clockMs, policies);
  const { account } = later;
  const entries = [...folded.entries, ...later.entries];
  // Where nothing is left, the shop has still known the member since then.
  if (postings.length === 0) account.tier.sinceMs = before.tier.sinceMs;
  const corrections: (Entry | Note)[] = correctingEntries(history.entries, entries, because);
  corrections.push(...entries.filter((entry) => entry.kind === 'notice' && entry.atMs > before.clockMs));
  const stamped = { ...because, policyStamp: entries.at(-1)?.policyStamp ?? '' };
  if (account.tier.id !== before.tier.id) {
    const spend = tierSpend(account, account.clockMs, policyAt(policies, account.clockMs));
    const { id: from } = before.tier;
    corrections.push({ kind: 'tier', from, to: account.tier.id, spend, reason: 'correction', ...stamped });
  }
  corrections.push(...referralNotes(before, account, stamped));
  return writeAccount(record, account, corrections, fits);
}

/** Every posting that belongs to a member by what is kept, but for those of one cause. */
function postingsOf(memberId: string, history: AccountHistory, except: string, policies: Policies): Posting[] {
  const orders = history.orders
    .filter(({ orderId }) => orderId !== except)
    .filter(({ bookedTo }) => bookedTo?.kind === 'member' && bookedTo.memberId === memberId);
  const causes = history.causes.filter(({ causeId }) => causeId !== except);
  return [
    ...orders.flatMap((order) => orderEffect(order).postings),
    ...causes.flatMap((cause) => causeEffect(cause, policies)),
  ];
}

/** A reward that had been due is so no longer, or is now, because a fact came late. */
function referralNotes(
  before: Account,
  after: Account,
  cause: Pick<Note, 'atMs' | 'eventId' | 'eventType' | 'subject' | 'policyStamp'>,
): Note[] {
  const was = before.referral?.doneAtMs === undefined ? undefined : before.referral;
  const is = after.referral?.doneAtMs === undefined ? undefined : after.referral;
  if (was?.by === is?.by) return [];
  return [
    ...(was === undefined ? [] : [{ kind: 'referral', by: was.by, withdrawn: true, ...cause } as const]),
    ...(is === undefined ? [] : [{ kind: 'referral', by: is.by, ...cause } as const]),
  ];
}

function writeAccount(
  before: AccountRecord,
  account: Account,
  entries: readonly (Entry | Note)[],
  fits: Fits,
): AccountWrite {
  const record = { memberId: before.memberId, version: before.version + 1, account, journal: before.journal };
  const small = fits && ((journal: Journal) => fits({ ...record, journal }));
  const { journal, pages } = appendEntries(before.journal, entries, small);
  return { record: { ...record, journal }, pages };
}
