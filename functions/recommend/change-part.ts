import type { HistoryPart, HistoryRecord, HistoryStore } from '../../shared/adapters/dynamo/history-store.ts';
import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import type { HistoryOwner } from '../../shared/domain/recommend/history-facts.ts';
import type { HistoryFacts } from '../../shared/domain/recommend/history-fold.ts';
import type { RecommendationPolicy } from '../../shared/policy/recommend-schema.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';

export type Surroundings = { histories: HistoryStore; policy: RecommendationPolicy['history']; nowMs: number };

const DAY_MS = 86_400_000;

/** Reads, changes and writes a part; what nothing changes in is not written. It is kept for as long after the last thing heard as the policy says. */
export function changePart(
  owner: HistoryOwner,
  part: HistoryPart,
  { histories, policy, nowMs }: Surroundings,
  after: (before: HistoryRecord) => HistoryRecord,
): Promise<HistoryRecord> {
  return retryConflicts(WriteConflict, async () => {
    const before = await histories.load(owner, part, nowMs);
    const changed = after(before);
    if (changed === before) return before;
    const record = { ...changed, version: before.version + 1 };
    const isMembers = owner.kind === 'member' || record.link !== undefined;
    await histories.save(record, nowMs + (isMembers ? policy.memberDays : policy.visitorDays) * DAY_MS);
    return record;
  });
}

/** The record with these facts; the record itself where they are its own. */
export const withFacts = (record: HistoryRecord, facts: HistoryFacts): HistoryRecord =>
  facts === record.facts ? record : { ...record, facts };
