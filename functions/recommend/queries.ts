import * as z from 'zod/mini';
import { brandIdSchema, productIdSchema } from '../../events/ids.ts';
import { categorySchema, LIMITS } from '../../events/values.ts';
import { contexts } from '../../shared/domain/recommend/features.ts';
import type { ListFilters } from '../../shared/domain/recommend/filters.ts';
import { LIST_LIMITS } from '../../shared/runtime/list.ts';

const price = z.optional(z.coerce.number().check(z.int(), z.gte(0), z.lte(LIMITS.unitPrice)));

const asked = {
  limit: z._default(z.coerce.number().check(z.int(), z.gte(1), z.lte(LIST_LIMITS.largest)), LIST_LIMITS.default),
  category: z.optional(categorySchema),
  brandId: z.optional(brandIdSchema),
  /** Unit prices in minor units, inclusive. */
  minPrice: price,
  maxPrice: price,
  /** The language of the reasons, as in `zh-CN`; without it the member's own, else English. */
  locale: z.optional(z.string().check(z.regex(/^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}$/))),
};

const priceRange = z.refine<{ minPrice?: number | undefined; maxPrice?: number | undefined }>(
  (it) => it.minPrice === undefined || it.maxPrice === undefined || it.minPrice <= it.maxPrice,
  { path: ['maxPrice'], message: 'The highest price is not below the lowest.' },
);

/** What a related-products page may ask for. */
export const relatedQuery = z.object(asked).check(priceRange);

/** What a page of recommendations may ask for; the page of a product says which. */
export const recommendationsQuery = z
  .object({ ...asked, context: z._default(z.enum(contexts), 'home'), productId: z.optional(productIdSchema) })
  .check(
    priceRange,
    z.refine((it) => it.context !== 'product' || it.productId !== undefined, {
      path: ['productId'],
      message: 'The page of a product says which product it shows.',
    }),
  );

/** The filters that a query asks for. */
export function filtersOf({ category, brandId, minPrice, maxPrice }: z.output<typeof relatedQuery>): ListFilters {
  const categories = category === undefined ? undefined : [category];
  return { categories, brandIds: brandId === undefined ? undefined : [brandId], minPrice, maxPrice };
}
