import { DAYS_AT_ONCE, type LiabilityStore, type Replacement } from '../../shared/adapters/dynamo/liability-store.ts';
import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { dayRows } from '../../shared/domain/liability/day-rows.ts';
import type { Part } from '../../shared/domain/liability/part.ts';
import { revise } from '../../shared/domain/liability/revise.ts';
import { type RunRecord, totalsOf } from '../../shared/domain/liability/run.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import type { RunTerms } from './stores.ts';

/** Writes what is new of each day, and gives what the run is to be remembered by. */
export async function writeDays(
  { tally, folded, unsettled, drift }: Part,
  store: LiabilityStore,
  { atMs, closedDay }: RunTerms,
): Promise<RunRecord> {
  const known = await store.loadDays();
  const rows = dayRows(tally, closedDay, known);
  const written = { closed: 0, corrected: 0, carried: 0 };
  const open = rows.flatMap((row): Replacement[] => {
    const before = known.get(row.day);
    const revision = revise(before, row, atMs);
    return revision === undefined ? [] : [{ revision, before }];
  });
  for (let from = 0; from < open.length; from += DAYS_AT_ONCE) {
    for (const { revision } of await saveAll(open.slice(from, from + DAYS_AT_ONCE), store)) {
      written[revision.because] += 1;
    }
  }
  return { atMs, closedDay, folded, unsettled, written, drift, ...totalsOf(tally, rows) };
}

/** Of two runs that write the same days, the second finds what the first has written and decides anew. */
function saveAll(wanted: readonly Replacement[], store: LiabilityStore): Promise<Replacement[]> {
  return retryConflicts(WriteConflict, async (attempt) => {
    const replacements = attempt === 0 ? [...wanted] : await Promise.all(wanted.map((it) => decideAnew(it, store)));
    const open = replacements.filter((it) => it !== undefined);
    await store.saveRevisions(open);
    return open;
  });
}

async function decideAnew({ revision }: Replacement, store: LiabilityStore): Promise<Replacement | undefined> {
  const before = await store.loadDay(revision.row.day);
  const next = revise(before, revision.row, revision.atMs);
  return next && { revision: next, before };
}
