import { byIds, type Exporting, type Part, whole } from './export-parts.ts';
import type { ExportStores } from './export-stores.ts';
import { complaintsOf, reviewerOf, reviewsOf } from './export-words.ts';

/** What the member thinks of things: reviews, votes and complaints, with the words. */
export function opinionParts({ memberId, all, policies, nowMs }: Exporting, stores: ExportStores): Part[] {
  const votes = all.votes.map((reviewId) => ({ reviewId }));
  return [
    byIds('reviews', all.reviews, (ids) => reviewsOf(ids, stores)),
    byIds('reviewer', all.isReviewer ? [memberId] : [], (ids) => reviewerOf(ids, { policies, nowMs }, stores)),
    byIds('complaints', all.complaints, (ids) => complaintsOf(ids, nowMs, stores)),
    whole('votes', votes),
  ];
}
