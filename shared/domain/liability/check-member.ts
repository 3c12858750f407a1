import type { Policies } from '../../policy/policies.ts';
import type { Account } from '../loyalty/account.ts';
import type { AccountHistory, AccountRecord } from '../loyalty/book-postings.ts';
import { isEntry } from '../loyalty/entries.ts';
import { accountAt } from '../loyalty/fold.ts';
import type { JournalEntry } from '../loyalty/journal.ts';
import { type Disagreement, type Drift, disagreements } from './check-account.ts';
import { balancesOf, booksOfFacts, booksOfJournal, type MemberBooks, sumOf } from './member-books.ts';

/** A member's account and books, both up to the same instant; `folded` is what the account should be by the facts. */
export type CheckedMember = { account: Account; books: MemberBooks; folded?: Account; drift?: Drift | undefined };

/**
 * An account with the pages of its journal that were met beside it, if that is enough to know the books and they agree.
 * Pages are written once and for ever, so the account says which of them are its own: one that has been written since
 * the account was read does not count, and one that is not there yet makes it not enough.
 */
export function checkByJournal(
  record: AccountRecord,
  pages: ReadonlyMap<number, readonly JournalEntry[]>,
  policies: Policies,
  nowMs: number,
): CheckedMember | undefined {
  const { journal } = record;
  const written = Array.from({ length: journal.pages }, (_, index) => pages.get(index + 1) ?? []).flat();
  written.push(...journal.tail);
  if (!isWhole(written, journal.count)) return undefined;
  const { account, entries: due } = accountAt(record.account, horizonOf(record, nowMs), policies);
  const books = booksOfJournal(written, due);
  return books === undefined || disagreements(account, books).length > 0 ? undefined : { account, books };
}

/** An account held against its whole journal and against all facts it was folded from. */
export function checkByFacts(
  record: AccountRecord,
  history: AccountHistory,
  policies: Policies,
  nowMs: number,
): CheckedMember {
  const { memberId, journal } = record;
  const untilMs = horizonOf(record, nowMs);
  const { account, entries: due } = accountAt(record.account, untilMs, policies);
  // A page may have been written after the account was read; its entries were in the tail then.
  const bySeq = new Map(history.entries.filter(({ seq }) => seq <= journal.count).map((entry) => [entry.seq, entry]));
  const written = [...bySeq.values()].sort((a, b) => a.seq - b.seq);
  const told = { entries: [...written, ...due].filter(isEntry), lots: [] };
  const books = booksOfFacts(memberId, history, policies, untilMs);
  const found = new Set<Disagreement>([
    ...disagreements(account, books),
    // The journal does not name all lots; those are held against the facts alone.
    ...disagreements(account, told).filter((it) => it !== 'lots'),
    ...(isWhole(written, journal.count) ? [] : (['entries'] as const)),
  ]);
  const checked = { account, books, folded: books.account };
  if (found.size === 0) return checked;
  const sums = { account: balancesOf(account), journal: sumOf(told.entries), facts: sumOf(books.entries) };
  return { ...checked, drift: { memberId, disagree: [...found], ...sums } };
}

/** A journal whose account is not there. */
export function driftOfNoAccount(memberId: string, pages: ReadonlyMap<number, readonly JournalEntry[]>): Drift {
  const journal = sumOf([...pages.values()].flat().filter(isEntry));
  return { memberId, disagree: ['entries'], account: { pending: 0, available: 0, debt: 0 }, journal };
}

/** An account whose clock is ahead, because an event was, is looked at where it stands. */
function horizonOf({ account }: AccountRecord, nowMs: number): number {
  return Math.max(nowMs, account.clockMs);
}

function isWhole(written: readonly JournalEntry[], count: number): boolean {
  return written.length === count && written.every(({ seq }, index) => seq === index + 1);
}
