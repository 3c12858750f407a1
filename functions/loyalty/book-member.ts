import type { DueNote, DueStore } from '../../shared/adapters/dynamo/due-store.ts';
import { fitsOneUnit, WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { bookDue } from '../../shared/domain/loyalty/book-postings.ts';
import { nextDueMs } from '../../shared/domain/loyalty/fold.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import type { Surroundings } from './book-order.ts';

/**
 * Books what has fallen due for a member, and takes the note away that said so. Where nothing has, because the policy or
 * an order has changed what is due, the next date is noted; where something has, the write itself leads to that.
 */
export async function bookMember(
  note: DueNote,
  { profile, due, policies, nowMs }: Surroundings & { due: DueStore },
): Promise<void> {
  await retryConflicts(WriteConflict, async () => {
    const record = await profile.loadAccount(note.memberId);
    if (record === undefined) return;
    const write = bookDue(record, nowMs, policies, fitsOneUnit);
    if (write !== undefined) return profile.save({ accounts: [write] });
    const nextMs = nextDueMs(record.account, policies);
    if (nextMs !== undefined) await due.note(note.memberId, record.version, nextMs);
  });
  await due.done(note);
}
