import type { ComplaintDueStore } from '../../shared/adapters/dynamo/complaint-due-store.ts';
import { complaintOf } from '../../shared/adapters/dynamo/complaint-store.ts';
import { complaintDueMs } from '../../shared/domain/complaint/complaint-due.ts';
import type { ItemChange } from '../../shared/runtime/stream-handler.ts';

/** Notes when time will next bring something to the complaints of a batch, where the batch has changed that. */
export async function noteComplaintDue(changes: readonly ItemChange[], due: ComplaintDueStore): Promise<void> {
  const notes = changes.flatMap(({ before, after }) => {
    const record = complaintOf(after);
    const dueMs = record && complaintDueMs(record);
    if (record === undefined || dueMs === undefined) return [];
    const earlier = complaintOf(before);
    if (earlier !== undefined && complaintDueMs(earlier) === dueMs) return [];
    return [{ complaintId: record.complaintId, version: record.version, dueMs }];
  });
  await Promise.all(notes.map((note) => due.note(note)));
}
