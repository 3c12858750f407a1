import * as z from 'zod/mini';
import { productIdSchema } from '../../events/ids.ts';
import { latestPolicy } from '../../shared/policy/policies.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { recommendationsAnswer } from './answers.ts';
import { pageOf } from './page.ts';
import { filtersOf, relatedQuery } from './queries.ts';
import type { RecommendStores } from './stores.ts';

export const getRelated = defineRoute({
  method: 'GET',
  path: '/v1/products/{id}/related',
  summary: 'Products that go with one, the same for everybody; beside a product that nobody knows, what is popular.',
  access: { kind: 'public' },
  pathSchema: z.object({ id: productIdSchema }),
  querySchema: relatedQuery,
  answers: { 200: { description: 'The best products, best first.', schema: recommendationsAnswer } },
  problems: ['invalid_request'],
  async handle({ path, query, nowMs, count }, stores: RecommendStores) {
    const [known, policies] = await Promise.all([stores.reader.read(undefined, nowMs), stores.policies.load()]);
    const page = { context: 'product', productId: path.id, limit: query.limit, locale: query.locale } as const;
    const request = { ...page, owner: undefined, filters: filtersOf(query), personal: false, nowMs, count };
    return pageOf(request, known, latestPolicy(policies), stores);
  },
});
