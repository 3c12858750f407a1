import type { HistoryPart } from '../../shared/adapters/dynamo/history-store.ts';
import type { HistoryOwner } from '../../shared/domain/recommend/history-facts.ts';
import { type HistoryFacts, mergeFacts } from '../../shared/domain/recommend/history-fold.ts';
import { changePart, type Surroundings, withFacts } from './change-part.ts';
import { joinMember } from './join-member.ts';

/** Adds facts to a part of somebody's history, and to that of the member where a visitor has turned out to be one. */
export async function remember(
  owner: HistoryOwner,
  part: HistoryPart,
  facts: readonly Partial<HistoryFacts>[],
  around: Surroundings,
): Promise<void> {
  const limits = { ...around.policy, nowMs: around.nowMs };
  const record = await changePart(owner, part, around, (before) => {
    return withFacts(
      before,
      facts.reduce<HistoryFacts>((all, more) => mergeFacts(all, more, limits), before.facts),
    );
  });
  await joinMember(record, around);
}
