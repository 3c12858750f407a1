import type { Policy } from '../../policy/policy.ts';
import { nearest } from './product-signals.ts';
import { DAY_MS, doublings, type ListedReview, type ReviewerEntry, type Signals, signalsOf } from './signals.ts';

/** How many other products a listed review names, the nearest by time. */
export const OTHERS_LIMIT = 8;

/** The other products that a member reviewed close in time to one review: what goes into `others` of its listed row. */
export function othersOf(
  review: Pick<ReviewerEntry, 'productId' | 'atMs'>,
  entries: readonly ReviewerEntry[],
  { moderation }: Pick<Policy, 'moderation'>,
): string[] {
  const gap = ({ atMs }: ReviewerEntry) => Math.abs(atMs - review.atMs);
  const near = entries
    .filter((it) => it.productId !== review.productId && gap(it) <= moderation.windowDays * DAY_MS)
    .sort((a, b) => gap(a) - gap(b) || (a.productId < b.productId ? -1 : 1))
    .map(({ productId }) => shortName(productId));
  return [...new Set(near)].slice(0, OTHERS_LIMIT);
}

/**
 * `companions` 0 to 5: other members who reviewed the product close in time and, close in time as well, as many other products
 * of the author's as the policy says; in doublings. Strangers meet once, seldom twice, hardly ever three times.
 */
export function groupSignals(
  review: ListedReview,
  window: readonly ListedReview[],
  { moderation }: Pick<Policy, 'moderation'>,
): Signals {
  const own = new Set(review.others ?? []);
  if (own.size === 0) return {};
  const met = nearest(review, window, moderation.windowDays).filter(
    ({ others = [] }) => others.filter((it) => own.has(it)).length >= moderation.sharedProducts,
  );
  return signalsOf({ companions: doublings(new Set(met.map(({ memberId }) => memberId)).size) });
}

/** 24 bits of a product's id in five characters: two products of one name are rare enough, and the row stays small. */
function shortName(productId: string): string {
  let hash = 0x811c9dc5;
  for (const character of productId) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 8).toString(36).padStart(5, '0');
}
