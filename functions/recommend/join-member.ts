import type { HistoryRecord } from '../../shared/adapters/dynamo/history-store.ts';
import { mergeFacts, withoutFacts } from '../../shared/domain/recommend/history-fold.ts';
import { changePart, type Surroundings, withFacts } from './change-part.ts';

/**
 * What a visitor did is the member's too. The visitor keeps it, so that it can go to another member where an earlier login becomes
 * known late, and is looked at once more in the end: who was linked anew in between has it moved on.
 */
export async function joinMember(visitor: HistoryRecord, around: Surroundings): Promise<void> {
  const limits = { ...around.policy, nowMs: around.nowMs };
  let { facts, link } = visitor;
  while (link !== undefined) {
    const { memberId, former } = link;
    const joining = facts;
    for (const id of former) {
      await changePart({ kind: 'member', id }, visitor.part, around, (it) =>
        withFacts(it, withoutFacts(it.facts, joining)),
      );
    }
    const member = { kind: 'member', id: memberId } as const;
    await changePart(member, visitor.part, around, (it) => withFacts(it, mergeFacts(it.facts, joining, limits)));
    ({ facts, link } = await around.histories.load(visitor.owner, visitor.part, around.nowMs));
    if (link?.memberId === memberId) return;
  }
}
