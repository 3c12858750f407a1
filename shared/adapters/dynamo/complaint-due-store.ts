import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { complaintDueMs } from '../../domain/complaint/complaint-due.ts';
import { caseNotes } from './case-notes.ts';
import { complaintOf } from './complaint-store.ts';
import { complaintKeys } from './keys.ts';
import type { Item } from './profile-records.ts';

/** A complaint to be looked at, and the note that says so. */
export type ComplaintNote = { complaintId: string; version: number; dueMs: number };

/**
 * Which complaints are to be looked at from when on, because a deadline passes or a case closes. A note is only a hint: what is
 * due is computed from the complaint, and a note too many does no harm.
 */
export type ComplaintDueStore = {
  /** Notes that a complaint, whose record has this version, is to be looked at once an instant has passed. */
  note(note: ComplaintNote): Promise<void>;
  /** The complaints whose instant has come, in pages; of each shard the earliest hour first. */
  due(nowMs: number): AsyncIterable<ComplaintNote[]>;
  /** Takes a note away, unless it has been written anew since it was read. */
  done(note: ComplaintNote): Promise<void>;
};

/** The notes of the Reputation table. */
export function complaintDueStore(client: DynamoDBClient, table: string): ComplaintDueStore {
  const notes = caseNotes(client, table, { shards: 4, keyAt: complaintKeys.due });
  return {
    note: ({ complaintId: id, ...note }) => notes.note({ id, ...note }),
    async *due(nowMs) {
      for await (const page of notes.due(nowMs)) yield page.map(({ id, ...note }) => ({ complaintId: id, ...note }));
    },
    done: ({ complaintId: id, ...note }) => notes.done({ id, ...note }),
  };
}

/** Notes when time will next bring something to the complaints among items that have changed, where that has changed too. */
export async function noteComplaintDue(
  changes: readonly { before?: Item; after?: Item }[],
  due: Pick<ComplaintDueStore, 'note'>,
): Promise<void> {
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
