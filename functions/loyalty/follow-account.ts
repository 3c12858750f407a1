import type { DueStore } from '../../shared/adapters/dynamo/due-store.ts';
import { accountOf } from '../../shared/adapters/dynamo/profile-records.ts';
import type { ProfileStore } from '../../shared/adapters/dynamo/profile-store.ts';
import { announcementOf } from '../../shared/domain/loyalty/announce.ts';
import { nextDueMs } from '../../shared/domain/loyalty/fold.ts';
import { newEntries } from '../../shared/domain/loyalty/journal.ts';
import { type Policies, policyAt } from '../../shared/policy/policies.ts';
import type { ItemChange } from '../../shared/runtime/stream-handler.ts';

/** What a change of an account's item is to others: the entries of the journal that it brought. */
export async function announcements(
  { before, after }: ItemChange,
  profile: ProfileStore,
  { policies, nowMs }: { policies: Policies; nowMs: number },
) {
  const account = accountOf(after);
  if (account === undefined) return [];
  const written = accountOf(before)?.journal.count ?? 0;
  const entries = await newEntries(account.journal, written, async (page) => {
    return (await profile.loadJournalPage(account.memberId, page)) ?? [];
  });
  const { currency } = policyAt(policies, nowMs);
  return entries.flatMap((entry) => announcementOf(account.memberId, entry, { currency, nowMs }) ?? []);
}

/** Notes when time will next bring something to the accounts of a batch, where the batch has changed that. */
export async function noteDue(changes: readonly ItemChange[], due: DueStore, policies: Policies): Promise<void> {
  const notes = changes.flatMap(({ before, after }) => {
    const record = accountOf(after);
    const nextMs = record && nextDueMs(record.account, policies);
    if (record === undefined || nextMs === undefined) return [];
    const earlier = accountOf(before);
    const known = earlier !== undefined && nextDueMs(earlier.account, policies) === nextMs;
    return known ? [] : [{ memberId: record.memberId, version: record.version, nextMs }];
  });
  await Promise.all(notes.map(({ memberId, version, nextMs }) => due.note(memberId, version, nextMs)));
}
