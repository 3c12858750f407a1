import type { Drift } from './check-account.ts';
import { type DayRow, dayAfter, heldBy, isBalanced, type Outstanding, outstandingOf } from './day-rows.ts';
import type { DayClock, Tally } from './tally.ts';

/** Beyond this many a person needs no more examples; how many there are is counted all the same. */
export const LISTED_LIMIT = 100;

/** What a run found, kept for whoever looks into a difference. */
export type RunRecord = {
  atMs: number;
  /** The last day that had ended. */
  closedDay: string;
  members: number;
  entries: number;
  /** Members whose facts were folded anew, because the journal alone did not tell all. */
  folded: number;
  /** Members that were written so often that they could not be checked. */
  unsettled: number;
  written: { closed: number; corrected: number; carried: number };
  journal: Outstanding;
  accounts: Outstanding;
  drift: { count: number; listed: Drift[] };
  unbalancedDays: string[];
};

/** The last day that has ended at an instant. */
export function closedDayAt(nowMs: number, dayAt: DayClock): string {
  return dayAfter(dayAt(nowMs), -1);
}

/**
 * How much is wrong: accounts that drift, or 1 where the totals or a day do not agree although each account by itself
 * does.
 */
export function driftCount({ drift, journal, accounts, unbalancedDays }: RunRecord): number {
  const agree = JSON.stringify(ordered(journal)) === JSON.stringify(ordered(accounts)) && unbalancedDays.length === 0;
  return Math.max(drift.count, agree ? 0 : 1);
}

/** The figures of a run, and nobody's name. */
export function countsOf({ closedDay: day, members, entries, folded, unsettled, written }: RunRecord) {
  return { day, members, entries, folded, unsettled, ...written };
}

/** What a tally says of the whole shop. */
export function totalsOf(tally: Tally, rows: readonly DayRow[]) {
  return {
    members: tally.members,
    entries: tally.entries,
    journal: outstandingOf(tally),
    accounts: heldBy(tally),
    unbalancedDays: rows.filter((row) => !isBalanced(row)).map(({ day }) => day),
  };
}

function ordered({ pending, available, debt, lots }: Outstanding): unknown[] {
  return [pending, available, debt, lots.map(({ month, points }) => [month, points])];
}
