import type { Drift } from './check-account.ts';
import { DAYS_LIMIT, dayAfter } from './day-rows.ts';
import { LISTED_LIMIT } from './run.ts';
import { type AccountName, add, type DayClock, dayIn, type MovementKind, newTally, type Tally } from './tally.ts';

/** What a run has found in some of the members. Parts of a run are put together in any order. */
export type Part = {
  tally: Tally;
  folded: number;
  unsettled: number;
  drift: { count: number; listed: Drift[] };
};

export function newPart(): Part {
  return { tally: newTally(), folded: 0, unsettled: 0, drift: { count: 0, listed: [] } };
}

export function addDrift({ drift }: Part, found: Drift): void {
  drift.count += 1;
  if (drift.listed.length < LISTED_LIMIT) drift.listed.push(found);
}

/** All parts of a run as one. */
export function together(parts: readonly Part[]): Part {
  const whole = newPart();
  for (const { tally, folded, unsettled, drift } of parts) {
    whole.folded += folded;
    whole.unsettled += unsettled;
    whole.drift.count += drift.count;
    whole.drift.listed = [...whole.drift.listed, ...drift.listed].slice(0, LISTED_LIMIT);
    addTally(whole.tally, tally);
  }
  return whole;
}

function addTally(into: Tally, { days, accounts, members, entries }: Tally): void {
  into.members += members;
  into.entries += entries;
  into.accounts.pending += accounts.pending;
  into.accounts.available += accounts.available;
  into.accounts.debt += accounts.debt;
  for (const [month, points] of accounts.lots) add(into.accounts.lots, month, points);
  for (const [name, { postings, lots, debt }] of days) {
    const day = dayIn(into, name);
    for (const [movement, sums] of postings) {
      const known = day.postings.get(movement) ?? new Map<AccountName, number>();
      day.postings.set(movement, known);
      for (const [account, points] of sums) add(known, account, points);
    }
    for (const [month, points] of lots) add(day.lots, month, points);
    day.debt.incurred += debt.incurred;
    day.debt.repaid += debt.repaid;
  }
}

/**
 * The days that a run tells apart: those that have a row. What lies before the first is one day, and so is what has not
 * ended, so that no part outgrows its place whatever the dates in it.
 */
export function daysOfRun(dayAt: DayClock, closedDay: string): DayClock {
  const before = dayAfter(closedDay, -DAYS_LIMIT);
  const open = dayAfter(closedDay, 1);
  return (atMs) => {
    const day = dayAt(atMs);
    return day <= before ? before : day >= open ? open : day;
  };
}

type Pairs<Value> = [string, Value][];

/** A part as JSON, and back. */
export type PlainPart = Omit<Part, 'tally'> & {
  tally: Omit<Tally, 'days' | 'accounts'> & {
    accounts: Omit<Tally['accounts'], 'lots'> & { lots: Pairs<number> };
    days: Pairs<{ postings: Pairs<Pairs<number>>; lots: Pairs<number>; debt: { incurred: number; repaid: number } }>;
  };
};

export function toPlain({ tally, ...rest }: Part): PlainPart {
  const days = [...tally.days].map(([day, { postings, lots, debt }]): PlainPart['tally']['days'][number] => {
    const sums = [...postings].map(([movement, it]): [string, Pairs<number>] => [movement, [...it]]);
    return [day, { postings: sums, lots: [...lots], debt }];
  });
  return { ...rest, tally: { ...tally, accounts: { ...tally.accounts, lots: [...tally.accounts.lots] }, days } };
}

export function fromPlain({ tally, ...rest }: PlainPart): Part {
  const days = tally.days.map(([day, { postings, lots, debt }]) => {
    const sums = postings.map(([movement, it]) => [movement as MovementKind, new Map(it as [AccountName, number][])]);
    return [day, { postings: new Map(sums as [MovementKind, Map<AccountName, number>][]), lots: new Map(lots), debt }];
  });
  return {
    ...rest,
    tally: {
      ...tally,
      accounts: { ...tally.accounts, lots: new Map(tally.accounts.lots) },
      days: new Map(days as [string, Tally['days'] extends Map<string, infer Day> ? Day : never][]),
    },
  };
}
