import type { LiveCatalogue } from './live-catalogue.ts';
import type { Similarity } from './re-rank.ts';

/** How alike products are of which nothing more is known than that they share a category or a brand. */
const SAME_CATEGORY = 0.5;
const SAME_BRAND = 0.25;

/** How alike two products are: by what describes them, and where that says nothing by category and brand. */
export function likenessOf(
  catalogue: Pick<LiveCatalogue, 'brandOf' | 'categoryOf'>,
  described: Similarity = () => 0,
): Similarity {
  return (one, other) => {
    const alike = described(one, other);
    if (alike > 0) return Math.min(alike, 1);
    const same = (of: (item: number) => number): boolean => of(one) >= 0 && of(one) === of(other);
    return (
      (same((item) => catalogue.categoryOf(item)) ? SAME_CATEGORY : 0) +
      (same((item) => catalogue.brandOf(item)) ? SAME_BRAND : 0)
    );
  };
}
