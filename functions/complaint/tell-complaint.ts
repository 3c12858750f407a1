import type { ComplaintDueStore, ComplaintNote } from '../../shared/adapters/dynamo/complaint-due-store.ts';
import type { ComplaintStore } from '../../shared/adapters/dynamo/complaint-store.ts';
import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { complaintDueMs, markDue } from '../../shared/domain/complaint/complaint-due.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';

/**
 * Marks what has fallen due of a complaint, and takes the note away that said so. The mark stands in the record, under the
 * condition of its version: it is made once, and the table's stream tells it. Where nothing has fallen due, because it was met
 * in time, the next date is noted; where something has, the write itself leads to that.
 */
export async function tellComplaint(
  note: ComplaintNote,
  { complaints, due, nowMs }: { complaints: ComplaintStore; due: ComplaintDueStore; nowMs: number },
): Promise<boolean> {
  const marked = await retryConflicts(WriteConflict, async () => {
    const stored = await complaints.load(note.complaintId);
    const record = markDue(stored.record, nowMs);
    if (record !== undefined) {
      await complaints.save(stored, record);
      return true;
    }
    const dueMs = complaintDueMs(stored.record);
    const { complaintId, version } = stored.record;
    if (dueMs !== undefined) await due.note({ complaintId, version, dueMs });
    return false;
  });
  await due.done(note);
  return marked;
}
