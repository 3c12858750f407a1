import type { HistoryPart } from '../../shared/adapters/dynamo/history-store.ts';
import type { RecentStore } from '../../shared/adapters/dynamo/recent-store.ts';
import type { HistoryOwner } from '../../shared/domain/recommend/history-facts.ts';
import type { HistoryFacts } from '../../shared/domain/recommend/history-fold.ts';
import type { RecentCandidate } from '../../shared/domain/recommend/recent-sample.ts';
import type { Surroundings } from './change-part.ts';
import { gathering } from './gather.ts';
import { remember } from './remember.ts';

type Remembered = { owner: HistoryOwner; part: HistoryPart; facts: Partial<HistoryFacts>; around: Surroundings };

/** Events of one person that come together are one write. */
export function gatherRemembered(): (it: Remembered) => Promise<void> {
  const gather = gathering<Remembered>(async (all) => {
    const [{ owner, part, around }] = all;
    const facts = all.map((it) => it.facts);
    await remember(owner, part, facts, around);
  });
  return (it) => gather(`${it.owner.kind} ${it.owner.id}`, it);
}

/** What happens in the shop at the same time is one write of the sample. */
export function gatherRecent(recent: RecentStore): (facts: Partial<HistoryFacts>, nowMs: number) => Promise<void> {
  const gather = gathering<{ candidates: RecentCandidate[]; nowMs: number }>(async (all) => {
    const candidates = all.flatMap((it) => it.candidates);
    await recent.add(candidates, all[0].nowMs);
  });
  return async ({ interactions = [], purchases = [] }, nowMs) => {
    const candidates = [...interactions, ...purchases].map(({ eventId: id, productId, kind, atMs }) => {
      return { id, productId, kind, atMs };
    });
    if (candidates.length > 0) await gather('SHOP', { candidates, nowMs });
  };
}
