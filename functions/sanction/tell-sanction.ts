import type { CaseNote, CaseNotes } from '../../shared/adapters/dynamo/case-notes.ts';
import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import type { SanctionStore } from '../../shared/adapters/dynamo/sanction-store.ts';
import { markDue, sanctionDue } from '../../shared/domain/sanction/sanction-due.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';

/**
 * Marks what time has brought to a case, and takes the note away that said so. The mark stands in the record, under the condition
 * of its version: it is made once, and the table's stream tells it. Where nothing has fallen due, because something else came
 * before, the next date is noted; where something has, the write itself leads to that.
 */
export async function tellSanction(
  note: CaseNote,
  { sanctions, due, nowMs }: { sanctions: SanctionStore; due: CaseNotes; nowMs: number },
): Promise<boolean> {
  const marked = await retryConflicts(WriteConflict, async () => {
    const stored = await sanctions.load(note.id);
    const record = markDue(stored, nowMs);
    if (record !== undefined) {
      await sanctions.save(record);
      return true;
    }
    const dueMs = sanctionDue(stored);
    if (dueMs !== undefined) await due.note({ id: note.id, version: stored.version, dueMs });
    return false;
  });
  await due.done(note);
  return marked;
}
