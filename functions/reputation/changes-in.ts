import type { Key } from '../../shared/adapters/dynamo/keys.ts';
import { touchedBy } from '../../shared/adapters/dynamo/sources.ts';
import { countsOf } from '../../shared/adapters/dynamo/tally-store.ts';
import type { ItemChange } from '../../shared/runtime/stream-handler.ts';

/** What a batch of changes asks for, each thing once. */
export type Asked = {
  /** Reviews to be looked at anew. */
  reviews: string[];
  /** Sources that call for other counts than were counted of them. */
  sources: Key[];
  /** Products, brands and suppliers whose counters have changed. */
  targets: string[];
  /** Inspections to be counted anew, because a product they waited for is known. */
  inspections: string[];
  /** Complaints of which it is to be found out whose they are. */
  complaints: string[];
};

export function changesIn(changes: readonly ItemChange[]): Asked {
  const reviews = new Set<string>();
  const sources = new Map<string, Key>();
  const targets = new Set<string>();
  const [inspections, complaints] = [new Set<string>(), new Set<string>()];
  for (const { keys, before, after } of changes) {
    const [pk = '', sk = ''] = [keys.pk?.S, keys.sk?.S];
    if (after === undefined) continue;
    for (const reviewId of touchedBy(after)) reviews.add(reviewId);
    if (sk === 'TALLY') {
      if (pk.startsWith('REVIEW#')) reviews.add(pk.slice('REVIEW#'.length));
      else targets.add(pk);
    } else if (sk === 'REVIEW') {
      // Where a review stands is written by this function itself and asks for nothing more; facts and touches carry a new mark.
      if (after.mark?.S !== before?.mark?.S) reviews.add(pk.slice('REVIEW#'.length));
    } else {
      const marked = after.mark?.S !== undefined && after.mark.S !== before?.mark?.S;
      if (sk === 'INSPECTION' && marked) inspections.add(pk.slice('INSPECTION#'.length));
      // Whose a complaint is follows from its opening, which comes with the first counts.
      if (sk === 'COMPLAINT' && (marked || countsOf(before).due !== countsOf(after).due))
        complaints.add(pk.slice('COMPLAINT#'.length));
      const { due = '{}', counted = '{}' } = countsOf(after);
      if (due !== counted) sources.set(`${pk} ${sk}`, { pk, sk });
    }
  }
  return {
    reviews: [...reviews],
    sources: [...sources.values()],
    targets: [...targets],
    inspections: [...inspections],
    complaints: [...complaints],
  };
}
