import { ownersOf } from '../../shared/adapters/dynamo/belongings-store.ts';
import { plainHistory, plainVisitor } from '../../shared/domain/privacy/export.ts';
import { byIds, type Exporting, type Part, whole } from './export-parts.ts';
import type { ExportStores } from './export-stores.ts';
import { wordsOf } from './export-words.ts';

/** What the member has left behind: what was looked at and bought, visitors, texts, and what was refused. */
export function traceParts({ memberId, all, nowMs }: Exporting, stores: ExportStores): Part[] {
  const refused = all.refused.map(({ eventId, type, since, reason }) => ({ eventId, type, since, reason }));
  return [
    byIds('histories', ownersOf(memberId, all.visitors), (owners) =>
      Promise.all(owners.map(async (owner) => plainHistory(owner, await stores.histories.read(owner, nowMs)))),
    ),
    byIds('visitors', all.visitors, async (ids) => {
      const visitors = await Promise.all(ids.map((id) => stores.profile.loadVisitor(id)));
      return visitors.flatMap((it) => plainVisitor(it, memberId));
    }),
    byIds('words', all.said, (eventIds) => wordsOf(memberId, eventIds, stores)),
    whole('refused', refused),
  ];
}
