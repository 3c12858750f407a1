import type { ProductFacts } from './product-facts.ts';

/** What a request may ask a list to be of. Several brands or categories are any of them. */
export type ListFilters = {
  /** Category paths; `Home` is also `Home/Kitchen`, and not `Homeware`. */
  categories?: readonly string[] | undefined;
  brandIds?: readonly string[] | undefined;
  /** Minor units, both inclusive. */
  minPrice?: number | undefined;
  maxPrice?: number | undefined;
  /** Of which currency the prices are; without it a price counts as it stands. */
  currency?: string | undefined;
};

export type FilterCode = 'other_category' | 'other_brand' | 'other_price';

/** Why a product is not what was asked for. One that nobody has described is in no category, of no brand, and has no price. */
export function filterRefusal(facts: ProductFacts | undefined, filters: ListFilters): FilterCode | undefined {
  const { categories, brandIds } = filters;
  if (categories !== undefined && !(facts?.categories ?? []).some((path) => lies(path, categories))) {
    return 'other_category';
  }
  if (brandIds !== undefined && !(facts?.brandId !== undefined && brandIds.includes(facts.brandId))) {
    return 'other_brand';
  }
  return fitsPrice(facts, filters) ? undefined : 'other_price';
}

function lies(path: string, categories: readonly string[]): boolean {
  return categories.some((category) => path === category || path.startsWith(`${category}/`));
}

function fitsPrice(facts: ProductFacts | undefined, { minPrice, maxPrice, currency }: ListFilters): boolean {
  if (minPrice === undefined && maxPrice === undefined) return true;
  const price = facts?.price;
  if (price === undefined || (currency !== undefined && facts?.currency !== currency)) return false;
  return price >= (minPrice ?? 0) && price <= (maxPrice ?? Number.POSITIVE_INFINITY);
}
