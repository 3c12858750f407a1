import { type Policies, policyAt } from '../../policy/policies.ts';
import { dayOf } from '../calendar/calendar.ts';
import type { Account } from '../loyalty/account.ts';
import type { Entry, EntryKind, EntryState } from '../loyalty/entries.ts';
import { type Balances, balancesOf, lotMonth, type MemberBooks } from './member-books.ts';

/** What moves points: the kinds of a member's ledger, adjustments by their direction. */
export type MovementKind = Exclude<EntryKind, 'adjust'> | 'adjust_up' | 'adjust_down';

/** Where points come from and go to outside the members' accounts. */
export type OuterAccount = 'issued' | 'redeemed' | 'reversed' | 'expired' | 'adjusted';
export type AccountName = EntryState | OuterAccount;

export const ACCOUNTS: readonly AccountName[] = [
  'pending',
  'available',
  'debt',
  'issued',
  'redeemed',
  'reversed',
  'expired',
  'adjusted',
];

/** The other side of each movement; a release stays among the members' own accounts. */
const OTHER_SIDE: Record<MovementKind, OuterAccount | undefined> = {
  earn: 'issued',
  available: undefined,
  reverse: 'reversed',
  redeem: 'redeemed',
  refund: 'redeemed',
  expire: 'expired',
  adjust_up: 'adjusted',
  adjust_down: 'adjusted',
};

export const MOVEMENTS = Object.keys(OTHER_SIDE) as MovementKind[];

/** What moved on one day: signed points by movement and account, and how what expires with each month changed. */
export type DayTally = {
  postings: Map<MovementKind, Map<AccountName, number>>;
  lots: Map<string, number>;
  debt: { incurred: number; repaid: number };
};

/**
 * What members' books come to, day by day, and what their accounts hold. It grows with the days and not with the
 * members, so that any number of them can pass through.
 */
export type Tally = {
  days: Map<string, DayTally>;
  accounts: Balances & { lots: Map<string, number> };
  members: number;
  entries: number;
};

export function newTally(): Tally {
  return {
    days: new Map(),
    accounts: { pending: 0, available: 0, debt: 0, lots: new Map() },
    members: 0,
    entries: 0,
  };
}

/** The shop's day of an instant, by the zone of the policy that applied then. */
export type DayClock = (atMs: number) => string;

const QUARTER_HOUR_MS = 900_000;
const REMEMBERED_LIMIT = 50_000;

/**
 * A clock that remembers what it has worked out: a day begins on a quarter of an hour in every zone, and to ask for the
 * time in a zone takes longer than all else that is done with an entry.
 */
export function dayClock(policies: Policies): DayClock {
  const remembered = new Map<string, string>();
  return (atMs) => {
    const { timeZone } = policyAt(policies, atMs);
    if (timeZone === 'UTC') return dayOf(atMs, timeZone);
    const key = `${timeZone} ${Math.floor(atMs / QUARTER_HOUR_MS)}`;
    const known = remembered.get(key);
    if (known !== undefined) return known;
    if (remembered.size >= REMEMBERED_LIMIT) remembered.clear();
    const day = dayOf(atMs, timeZone);
    remembered.set(key, day);
    return day;
  };
}

/** Counts one member's books and account, both up to the same instant. */
export function countMember(tally: Tally, books: MemberBooks, account: Account, dayAt: DayClock): void {
  tally.members += 1;
  tally.entries += books.entries.length;
  for (const entry of books.entries) if (entry.points !== 0) countEntry(dayIn(tally, dayAt(entry.atMs)), entry);
  for (const { atMs, month, points } of books.lots) add(dayIn(tally, dayAt(atMs)).lots, month, points);
  const { pending, available, debt } = balancesOf(account);
  tally.accounts.pending += pending;
  tally.accounts.available += available;
  tally.accounts.debt += debt;
  for (const { expiresAtMs, points } of account.lots) add(tally.accounts.lots, lotMonth(expiresAtMs), points);
}

/** Every movement has two sides: what a member's account gains another account gives. */
function countEntry(day: DayTally, { kind, state, points }: Entry): void {
  const movement = kind === 'adjust' ? (points > 0 ? 'adjust_up' : 'adjust_down') : kind;
  const postings = day.postings.get(movement) ?? new Map<AccountName, number>();
  day.postings.set(movement, postings);
  add(postings, state, points);
  const other = OTHER_SIDE[movement];
  if (other !== undefined) add(postings, other, -points);
  if (state !== 'debt') return;
  if (points < 0) day.debt.incurred -= points;
  else day.debt.repaid += points;
}

export function dayIn({ days }: Tally, day: string): DayTally {
  const known = days.get(day);
  if (known !== undefined) return known;
  const fresh: DayTally = { postings: new Map(), lots: new Map(), debt: { incurred: 0, repaid: 0 } };
  days.set(day, fresh);
  return fresh;
}

export function add<Name>(sums: Map<Name, number>, name: Name, points: number): void {
  sums.set(name, (sums.get(name) ?? 0) + points);
}
