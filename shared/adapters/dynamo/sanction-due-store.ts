import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { sanctionDue } from '../../domain/sanction/sanction-due.ts';
import { type CaseNotes, caseNotes } from './case-notes.ts';
import { sanctionKeys } from './keys.ts';
import type { Item } from './profile-records.ts';
import { sanctionOf } from './sanction-store.ts';

/** Which sanctions are to be looked at from when on, because an answer period passes or a restriction ends. */
export function sanctionDueStore(client: DynamoDBClient, table: string): CaseNotes {
  return caseNotes(client, table, { shards: 2, keyAt: sanctionKeys.due });
}

/** Notes when time will next bring something to the sanctions among items that have changed, where that has changed too. */
export async function noteSanctionDue(
  changes: readonly { before?: Item; after?: Item }[],
  due: Pick<CaseNotes, 'note'>,
): Promise<void> {
  const notes = changes.flatMap(({ before, after }) => {
    const record = sanctionOf(after);
    const dueMs = sanctionDue(record);
    if (record === undefined || dueMs === undefined || sanctionDue(sanctionOf(before)) === dueMs) return [];
    return [{ id: record.sanctionId, version: record.version, dueMs }];
  });
  await Promise.all(notes.map((note) => due.note(note)));
}
