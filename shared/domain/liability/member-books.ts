import type { Policies } from '../../policy/policies.ts';
import { DAY_MS } from '../calendar/calendar.ts';
import { type Account, availablePoints, newAccount, pendingPoints } from '../loyalty/account.ts';
import type { AccountHistory } from '../loyalty/book-postings.ts';
import { causeEffect } from '../loyalty/cause-effect.ts';
import { type Entry, isEntry, type Note } from '../loyalty/entries.ts';
import { accountAt, foldPostings } from '../loyalty/fold.ts';
import type { JournalEntry } from '../loyalty/journal.ts';
import { orderEffect } from '../loyalty/order-effect.ts';
import { inTime, type Posting } from '../loyalty/postings.ts';

/** Points that a member has, by state; what is owed is positive. */
export type Balances = { pending: number; available: number; debt: number };

/** A change of what expires with a month, `2027-01`. */
export type LotLeg = { atMs: number; month: string; points: number };

/**
 * Everything that ever moved in one member's account, each movement at its own time, as the facts known by now tell
 * it: what a late fact has corrected stands here on the day it belongs to, and not on the day it became known.
 */
export type MemberBooks = { entries: Entry[]; lots: LotLeg[] };

/** A movement at one instant on one lot. */
type LotMove = { atMs: number; expiresAtMs: number; points: number };

export function balancesOf(account: Account): Balances {
  return { pending: pendingPoints(account), available: availablePoints(account), debt: account.debt };
}

/** What entries sum to. Entries of debt are signed the other way round. */
export function sumOf(entries: readonly Entry[]): Balances {
  const sums = { pending: 0, available: 0, debt: 0 };
  for (const { state, points } of entries) sums[state] += points;
  return { ...sums, debt: 0 - sums.debt };
}

/**
 * The month with which a lot ends. It ends with a month of the shop's own clock, whose last instant lies within 12
 * hours after that month's end in UTC or up to 14 before it; so half a day earlier it is that month in UTC too,
 * whatever the zone and however often the shop changes it.
 */
export function lotMonth(expiresAtMs: number): string {
  return new Date(expiresAtMs - DAY_MS / 2).toISOString().slice(0, 7);
}

/**
 * The books as the journal by itself tells them: where nothing in it has been corrected, so that it holds the entries of
 * the fold, though a late fact may have brought some of them late; and where it is certain for each entry which lots it
 * moved. Undefined where that is not so; then the facts tell.
 * @param written the member's whole journal, by number
 * @param due what time alone has brought since the last entry
 */
export function booksOfJournal(
  written: readonly JournalEntry[],
  due: readonly (Entry | Note)[],
): MemberBooks | undefined {
  const entries: (Entry & { corrects?: string | undefined })[] = [...written, ...due].filter(isEntry);
  if (entries.some(({ corrects }) => corrects !== undefined)) return undefined;
  const late = entries.some(({ atMs }, index) => atMs < (entries[index - 1]?.atMs ?? atMs));
  if (late) entries.sort((a, b) => a.atMs - b.atMs);
  const lots = new OpenLots();
  let before: Entry | undefined;
  for (const entry of entries) {
    if (entry.state !== 'available' || entry.points === 0) continue;
    // Which of two causes of one instant came first, a journal that is not in order does not say.
    const unsure = late && before?.atMs === entry.atMs && before.eventId !== entry.eventId;
    if (unsure || !lots.follow(entry)) return undefined;
    before = entry;
  }
  return { entries, lots: lots.legs };
}

/** Lots as the entries of a journal in order open and use them. */
class OpenLots {
  readonly legs: LotLeg[] = [];
  readonly #points = new Map<number, number>();
  /** Points that had expired and that a return takes back next. */
  #lapsed = 0;

  /** Follows an entry; false where the entry does not tell which lots it moved. */
  follow({ kind, points, hold, subject, atMs }: Entry): boolean {
    const own = hold?.expiresAtMs;
    if (kind === 'expire' && points > 0) {
      this.#lapsed += points;
      return true;
    }
    if (kind === 'expire') return this.#take(atMs, -points, Date.parse(subject)) === 0;
    if (points > 0) {
      // Points that were spent go back to the lots they came from, which the entry does not name.
      if (own === undefined || kind === 'refund') return false;
      this.#move({ atMs, expiresAtMs: own, points });
      return true;
    }
    if (kind === 'reverse') {
      if (own === undefined) return false;
      let left = this.#take(atMs, -points, own);
      const lapsed = Math.min(left, this.#lapsed);
      this.#lapsed -= lapsed;
      left -= lapsed;
      return this.#takeSoonest(atMs, left);
    }
    return (kind === 'redeem' || kind === 'adjust') && this.#takeSoonest(atMs, -points);
  }

  #takeSoonest(atMs: number, points: number): boolean {
    let left = points;
    for (const expiresAtMs of [...this.#points.keys()].sort((a, b) => a - b)) {
      if (left > 0) left = this.#take(atMs, left, expiresAtMs);
    }
    return left === 0;
  }

  /** Takes as much as the lot has, and gives what is left to be taken. */
  #take(atMs: number, points: number, expiresAtMs: number): number {
    const taken = Math.min(points, this.#points.get(expiresAtMs) ?? 0);
    if (taken > 0) this.#move({ atMs, expiresAtMs, points: -taken });
    return points - taken;
  }

  #move({ atMs, expiresAtMs, points }: LotMove): void {
    const after = (this.#points.get(expiresAtMs) ?? 0) + points;
    if (after === 0) this.#points.delete(expiresAtMs);
    else this.#points.set(expiresAtMs, after);
    this.legs.push({ atMs, month: lotMonth(expiresAtMs), points });
  }
}

/**
 * The books as all facts of a member tell them, folded anew, up to an instant. Every lot is known at every step, at
 * the price of reading the member's orders.
 */
export function booksOfFacts(
  memberId: string,
  history: Pick<AccountHistory, 'orders' | 'causes'>,
  policies: Policies,
  untilMs: number,
): MemberBooks & { account: Account } {
  const books: MemberBooks = { entries: [], lots: [] };
  let account = newAccount(policies);
  const advance = (step: { account: Account; entries: (Entry | Note)[] }, atMs: number) => {
    const entries = step.entries.filter(isEntry);
    books.entries.push(...entries);
    books.lots.push(...lotLegs(account, step.account, entries, atMs));
    account = step.account;
  };
  for (const posting of postingsOf(memberId, history, policies)) {
    advance(accountAt(account, posting.atMs - 1, policies), posting.atMs - 1);
    advance(foldPostings(account, [posting], policies), posting.atMs);
  }
  advance(accountAt(account, untilMs, policies), untilMs);
  return { ...books, account };
}

function postingsOf(
  memberId: string,
  { orders, causes }: Pick<AccountHistory, 'orders' | 'causes'>,
  policies: Policies,
): Posting[] {
  const own = orders.filter(({ bookedTo }) => bookedTo?.kind === 'member' && bookedTo.memberId === memberId);
  return inTime([
    ...own.flatMap((order) => orderEffect(order).postings),
    ...causes.flatMap((cause) => causeEffect(cause, policies)),
  ]);
}

/**
 * How the lots changed in a step of the fold: what was released and what expired at the time its entry says, the rest,
 * which is the difference, at the instant of the step.
 */
function lotLegs(before: Account, after: Account, entries: readonly Entry[], atMs: number): LotLeg[] {
  const legs: LotLeg[] = [];
  const rest = new Map<string, number>();
  const add = (expiresAtMs: number, points: number) => {
    const month = lotMonth(expiresAtMs);
    rest.set(month, (rest.get(month) ?? 0) + points);
    return month;
  };
  for (const { expiresAtMs, points } of after.lots) add(expiresAtMs, points);
  for (const { expiresAtMs, points } of before.lots) add(expiresAtMs, -points);
  for (const { kind, state, points, hold, subject, eventType, atMs: entryMs } of entries) {
    if (state !== 'available') continue;
    const released = kind === 'available' ? hold?.expiresAtMs : undefined;
    const expired = kind === 'expire' && eventType === 'points.expiry' ? Date.parse(subject) : undefined;
    const expiresAtMs = released ?? expired;
    if (expiresAtMs !== undefined) legs.push({ atMs: entryMs, month: add(expiresAtMs, -points), points });
  }
  for (const [month, points] of rest) if (points !== 0) legs.push({ atMs, month, points });
  return legs;
}
