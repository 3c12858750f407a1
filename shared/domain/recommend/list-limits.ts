import type { RecommendationPolicy } from '../../policy/recommend-schema.ts';
import type { ListFilters } from './filters.ts';
import type { LiveCatalogue } from './live-catalogue.ts';

/** The limits of the policy count for a list of this length; shorter and longer ones have their share of them. */
const OF_ITEMS = 20;

export type ListLimits = {
  /** Whether one more of this product's brand and category has room. */
  hasRoom(item: number): boolean;
  /** The product stands on the list. */
  take(item: number): void;
};

/** How many of one brand or category a list of so many holds, at least one. */
export function limitFor(ofTwenty: number, listLength: number): number {
  return Math.max(1, Math.round((ofTwenty * listLength) / OF_ITEMS));
}

/**
 * Counts what is on a list by brand and by category. Products without one are not counted, and nothing is where the request
 * itself asked for certain brands or categories.
 */
export function createListLimits(
  catalogue: Pick<LiveCatalogue, 'brandOf' | 'categoryOf'>,
  limits: RecommendationPolicy['limits'],
  listLength: number,
  filters: ListFilters = {},
): ListLimits {
  const kinds: { of(item: number): number; most: number; counts: Map<number, number> }[] = [];
  if (filters.brandIds === undefined) {
    kinds.push({ of: (item) => catalogue.brandOf(item), most: limitFor(limits.brand, listLength), counts: new Map() });
  }
  if (filters.categories === undefined) {
    const most = limitFor(limits.category, listLength);
    kinds.push({ of: (item) => catalogue.categoryOf(item), most, counts: new Map() });
  }
  return {
    hasRoom: (item) => kinds.every(({ of, most, counts }) => of(item) < 0 || (counts.get(of(item)) ?? 0) < most),
    take(item) {
      for (const { of, counts } of kinds) counts.set(of(item), (counts.get(of(item)) ?? 0) + 1);
    },
  };
}
