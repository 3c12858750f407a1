import type { LiabilityStore } from '../../shared/adapters/dynamo/liability-store.ts';
import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { type DayRow, dayRows } from '../../shared/domain/liability/day-rows.ts';
import type { Part } from '../../shared/domain/liability/part.ts';
import { type Revision, revise } from '../../shared/domain/liability/revise.ts';
import { type RunRecord, totalsOf } from '../../shared/domain/liability/run.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import type { RunTerms } from './stores.ts';

const SIDE_BY_SIDE = 8;

/** Writes what is new of each day, and gives what the run is to be remembered by. */
export async function writeDays(
  { tally, folded, unsettled, drift }: Part,
  store: LiabilityStore,
  { atMs, closedDay }: RunTerms,
): Promise<RunRecord> {
  const known = await store.loadDays();
  const rows = dayRows(tally, closedDay, known);
  const written = { closed: 0, corrected: 0, carried: 0 };
  const writeOne = async (row: DayRow) => {
    const revision = await reviseDay(known.get(row.day), row, store, atMs);
    if (revision !== undefined) written[revision.because] += 1;
  };
  for (let from = 0; from < rows.length; from += SIDE_BY_SIDE) {
    await Promise.all(rows.slice(from, from + SIDE_BY_SIDE).map(writeOne));
  }
  return { atMs, closedDay, folded, unsettled, written, drift, ...totalsOf(tally, rows) };
}

/** Of two runs that write the same day, the second finds what the first has written and decides anew. */
function reviseDay(
  known: Revision | undefined,
  row: DayRow,
  store: LiabilityStore,
  atMs: number,
): Promise<Revision | undefined> {
  return retryConflicts(WriteConflict, async (attempt) => {
    const before = attempt === 0 ? known : await store.loadDay(row.day);
    const revision = revise(before, row, atMs);
    if (revision !== undefined) await store.saveRevision(revision, before);
    return revision;
  });
}
