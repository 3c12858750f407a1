import { DAY_MS } from '../calendar/calendar.ts';
import type { Balances } from './member-books.ts';
import { ACCOUNTS, type AccountName, add, type DayTally, MOVEMENTS, type MovementKind, type Tally } from './tally.ts';

/** One side of what moved on a day, over all members. */
export type DayPosting = { movement: MovementKind; account: AccountName; points: number };

/** What is outstanding at the end of a day; what can be spent also by the month it expires with, the first one first. */
export type Outstanding = Balances & { lots: { month: string; points: number }[] };

/** One day of the liability journal. All figures are points; each movement's postings sum to zero. */
export type DayRow = {
  day: string;
  /** Earned, and given by the desk. */
  issued: number;
  /** From pending to what can be spent, or to what was owed. */
  released: number;
  /** Less what was given back. */
  redeemed: number;
  /** Taken back by returns, cancellations and rejections, and taken by the desk. */
  reversed: number;
  /** Less what had expired and was taken back after all. */
  expired: number;
  debtIncurred: number;
  debtRepaid: number;
  postings: DayPosting[];
  opening: Balances;
  closing: Outstanding;
};

/** How far back rows go, twenty years; what moved before stands in the first one's opening balance. */
export const DAYS_LIMIT = 7_500;

/**
 * The journal up to a day that has ended: one row a day, but for days on which nothing moved and nothing is outstanding.
 * @param known days that have a row already, and so have one again whatever has become of them
 */
export function dayRows(
  { days }: Pick<Tally, 'days'>,
  closedDay: string,
  known: Pick<ReadonlySet<string>, 'has' | 'keys'> = new Set<string>(),
): DayRow[] {
  const closed = [...days.keys(), ...known.keys()].filter((day) => day <= closedDay).sort();
  const [first] = closed;
  if (first === undefined) return [];
  const earliest = dayAfter(closedDay, 1 - DAYS_LIMIT);
  const start = first < earliest ? earliest : first;
  const balances: Balances = { pending: 0, available: 0, debt: 0 };
  const lots = new Map<string, number>();
  for (const day of new Set(closed)) if (day < start) carry(balances, lots, days.get(day));
  const rows: DayRow[] = [];
  for (let day = start; day <= closedDay; day = dayAfter(day, 1)) {
    const opening = { ...balances };
    const tally = days.get(day);
    carry(balances, lots, tally);
    const nothing = tally === undefined && balances.pending === 0 && balances.available === 0 && balances.debt === 0;
    if (nothing && !known.has(day)) continue;
    rows.push({ day, ...figuresOf(tally), opening, closing: { ...balances, lots: listed(lots) } });
  }
  return rows;
}

/** What is outstanding when all days are taken together, those that have not ended among them. */
export function outstandingOf({ days }: Pick<Tally, 'days'>): Outstanding {
  const balances: Balances = { pending: 0, available: 0, debt: 0 };
  const lots = new Map<string, number>();
  for (const day of days.values()) carry(balances, lots, day);
  return { ...balances, lots: listed(lots) };
}

/** What the accounts hold, all together. */
export function heldBy({ accounts }: Pick<Tally, 'accounts'>): Outstanding {
  return { ...accounts, lots: listed(accounts.lots) };
}

/** Whether a row is a balanced one: both sides of each movement, opening and closing, lots and what can be spent. */
export function isBalanced({ postings, opening, closing }: DayRow): boolean {
  const moved = new Map<AccountName, number>();
  const sides = new Map<MovementKind, number>();
  for (const { movement, account, points } of postings) {
    add(moved, account, points);
    add(sides, movement, points);
  }
  return (
    [...sides.values()].every((sum) => sum === 0) &&
    closing.pending === opening.pending + (moved.get('pending') ?? 0) &&
    closing.available === opening.available + (moved.get('available') ?? 0) &&
    closing.debt === opening.debt - (moved.get('debt') ?? 0) &&
    closing.lots.reduce((sum, { points }) => sum + points, 0) === closing.available
  );
}

/** The day so many days after another, `2026-01-05`. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

function carry(balances: Balances, lots: Map<string, number>, day: DayTally | undefined): void {
  if (day === undefined) return;
  for (const postings of day.postings.values()) {
    balances.pending += postings.get('pending') ?? 0;
    balances.available += postings.get('available') ?? 0;
    balances.debt -= postings.get('debt') ?? 0;
  }
  for (const [month, points] of day.lots) add(lots, month, points);
}

function figuresOf(day: DayTally | undefined): Omit<DayRow, 'day' | 'opening' | 'closing'> {
  const moved = (movement: MovementKind, account: AccountName) => day?.postings.get(movement)?.get(account) ?? 0;
  return {
    issued: 0 - moved('earn', 'issued') - moved('adjust_up', 'adjusted'),
    released: 0 - moved('available', 'pending'),
    redeemed: moved('redeem', 'redeemed') + moved('refund', 'redeemed'),
    reversed: moved('reverse', 'reversed') + moved('adjust_down', 'adjusted'),
    expired: moved('expire', 'expired'),
    debtIncurred: day?.debt.incurred ?? 0,
    debtRepaid: day?.debt.repaid ?? 0,
    postings: MOVEMENTS.flatMap((movement) =>
      ACCOUNTS.map((account) => ({ movement, account, points: moved(movement, account) })),
    ).filter(({ points }) => points !== 0),
  };
}

function listed(lots: ReadonlyMap<string, number>): Outstanding['lots'] {
  return [...lots]
    .filter(([, points]) => points !== 0)
    .map(([month, points]) => ({ month, points }))
    .sort((a, b) => (a.month < b.month ? -1 : 1));
}
