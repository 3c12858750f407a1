import { expect } from 'vitest';
import type { Runtime } from '../../infra/local/runtime.ts';

type Balances = { pending: number; available: number; debt: number };
type Lots = { month: string; points: number }[];
type Posting = { movement: string; account: string; points: number };

/** A day of the liability journal, as the shop answers it. */
export type Day = Record<'issued' | 'released' | 'redeemed' | 'reversed' | 'expired', number> & {
  day: string;
  revision: number;
  because: string;
  debtIncurred: number;
  debtRepaid: number;
  postings: Posting[];
  opening: Balances;
  outstanding: Balances & { lots: Lots };
};

export type Run = {
  at: string;
  closedDay: string;
  members: number;
  entries: number;
  journal: Balances & { lots: Lots };
  accounts: Balances & { lots: Lots };
  drift: { accounts: number };
  unbalancedDays: string[];
  unsettled: number;
};

/** Reads the liability journal over HTTP, page after page, as the shop's accountant does. */
export async function openAccountant(runtime: Runtime) {
  const token = await runtime.token({ scope: 'admin' });
  const all = async <Item>(path: string): Promise<Item[]> => {
    const items: Item[] = [];
    let cursor: string | undefined;
    do {
      const url = `${runtime.url}${path}?limit=100${cursor === undefined ? '' : `&cursor=${cursor}`}`;
      const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
      expect(answer.status, url).toBe(200);
      const body = (await answer.json()) as { items: Item[]; nextCursor?: string };
      items.push(...body.items);
      cursor = body.nextCursor;
    } while (cursor !== undefined);
    return items;
  };
  return {
    /** Every day, the first one first. */
    days: async () => (await all<Day>('/v1/liability')).reverse(),
    revisions: (day: string) => all<Day>(`/v1/liability/${day}`),
    /** Newest first. */
    runs: () => all<Run>('/v1/liability/runs'),
  };
}

/** Adds a journal up by itself: each day's postings to zero, each closing from its opening, each opening from the day before. */
export function expectBalanced(days: readonly Day[]): void {
  let before: Balances = { pending: 0, available: 0, debt: 0 };
  let dayBefore: string | undefined;
  for (const { day, postings, opening, outstanding, ...figures } of days) {
    const moved = (account: string) => postings.reduce((sum, it) => sum + (it.account === account ? it.points : 0), 0);
    expect(
      postings.reduce((sum, { points }) => sum + points, 0),
      day,
    ).toBe(0);
    expect(opening, day).toEqual(before);
    const { lots, ...closing } = outstanding;
    const { pending, available, debt } = opening;
    expect(closing, day).toEqual({
      pending: pending + moved('pending'),
      available: available + moved('available'),
      debt: debt - moved('debt'),
    });
    expect(
      lots.reduce((sum, { points }) => sum + points, 0),
      day,
    ).toBe(closing.available);
    expect(Math.min(closing.pending, closing.available, closing.debt, 0), day).toBe(0);
    const { issued, redeemed, reversed, expired } = figures;
    expect(net(closing), day).toBe(net(opening) + issued - redeemed - reversed - expired);
    // A day is left out only where there is nothing to tell of it.
    const follows = dayBefore === undefined || Date.parse(day) - Date.parse(dayBefore) === 86_400_000;
    if (!follows) expect(before, day).toEqual({ pending: 0, available: 0, debt: 0 });
    before = closing;
    dayBefore = day;
  }
}

const net = ({ pending, available, debt }: Balances): number => pending + available - debt;
