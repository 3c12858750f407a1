import type { DayRow } from './day-rows.ts';

/**
 * Why a revision was written.
 * - `closed`: the day has ended.
 * - `corrected`: facts of this day came late.
 * - `carried`: an earlier day was corrected, and its balance runs through this one.
 */
export type RevisionCause = 'closed' | 'corrected' | 'carried';

/** A day's row as it was known at an instant. Revisions are never changed; the one with the highest number counts. */
export type Revision = { revision: number; atMs: number; because: RevisionCause; row: DayRow };

/**
 * The revision to be written, or undefined where the last one still says all. A run that began before the last
 * revision was written knows less than that one did, and writes nothing.
 */
export function revise(last: Revision | undefined, row: DayRow, atMs: number): Revision | undefined {
  if (last === undefined) return { revision: 1, atMs, because: 'closed', row };
  if (atMs < last.atMs || JSON.stringify(last.row) === JSON.stringify(row)) return undefined;
  const because = movementsOf(last.row) === movementsOf(row) ? 'carried' : 'corrected';
  return { revision: last.revision + 1, atMs, because, row };
}

function movementsOf({ opening, closing, ...movements }: DayRow): string {
  return JSON.stringify(movements);
}
