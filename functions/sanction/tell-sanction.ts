import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import type { SanctionDueStore, SanctionNote } from '../../shared/adapters/dynamo/sanction-due-store.ts';
import type { SanctionStore } from '../../shared/adapters/dynamo/sanction-store.ts';
import { markDue, sanctionDue } from '../../shared/domain/sanction/sanction-due.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';

/**
 * Marks what time has brought to a case, and takes the note away that said so. The mark stands in the record, under the condition
 * of its version: it is made once, and the table's stream tells it. Where nothing has fallen due, because something else came
 * before, the next date is noted; where something has, the write itself leads to that.
 */
export async function tellSanction(
  note: SanctionNote,
  { sanctions, due, nowMs }: { sanctions: SanctionStore; due: SanctionDueStore; nowMs: number },
): Promise<boolean> {
  const marked = await retryConflicts(WriteConflict, async () => {
    const stored = await sanctions.load(note.sanctionId);
    const record = markDue(stored, nowMs);
    if (record !== undefined) {
      await sanctions.save(record);
      return true;
    }
    const dueMs = sanctionDue(stored);
    const { sanctionId, version } = stored;
    if (dueMs !== undefined) await due.note({ sanctionId, version, dueMs });
    return false;
  });
  await due.done(note);
  return marked;
}
