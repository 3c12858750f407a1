import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { complaintDueMs } from '../../domain/complaint/complaint-due.ts';
import { type CaseNotes, caseNotes } from './case-notes.ts';
import { complaintOf } from './complaint-store.ts';
import { complaintKeys } from './keys.ts';
import type { Item } from './profile-records.ts';

/** Which complaints are to be looked at from when on, because a deadline passes or a case closes. */
export function complaintDueStore(client: DynamoDBClient, table: string): CaseNotes {
  return caseNotes(client, table, { shards: 4, keyAt: complaintKeys.due });
}

/** Notes when time will next bring something to the complaints among items that have changed, where that has changed too. */
export async function noteComplaintDue(
  changes: readonly { before?: Item; after?: Item }[],
  due: Pick<CaseNotes, 'note'>,
): Promise<void> {
  const notes = changes.flatMap(({ before, after }) => {
    const record = complaintOf(after);
    const dueMs = record && complaintDueMs(record);
    if (record === undefined || dueMs === undefined) return [];
    const earlier = complaintOf(before);
    if (earlier !== undefined && complaintDueMs(earlier) === dueMs) return [];
    return [{ id: record.complaintId, version: record.version, dueMs }];
  });
  await Promise.all(notes.map((note) => due.note(note)));
}
