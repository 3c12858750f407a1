import * as z from 'zod/mini';
import { anonymousIdSchema } from '../../events/ids.ts';
import { latestPolicy } from '../../shared/policy/policies.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { recommendationsAnswer } from './answers.ts';
import { pageOf } from './page.ts';
import { filtersOf, recommendationsQuery } from './queries.ts';
import type { RecommendStores } from './stores.ts';

export const getVisitorRecommendations = defineRoute({
  method: 'GET',
  path: '/v1/visitors/{anonymousId}/recommendations',
  summary: 'Products for a visitor who has not logged in; for one of whom nothing is known, what is popular.',
  access: { kind: 'service', scopes: ['members:read'] },
  pathSchema: z.object({ anonymousId: anonymousIdSchema }),
  querySchema: recommendationsQuery,
  answers: { 200: { description: 'The best products, best first.', schema: recommendationsAnswer } },
  problems: ['invalid_request'],
  async handle({ path, query, nowMs, count }, stores: RecommendStores) {
    const owner = { kind: 'visitor', id: path.anonymousId } as const;
    const [known, policies] = await Promise.all([stores.reader.read(owner, nowMs), stores.policies.load()]);
    const policy = latestPolicy(policies);
    const personal = policy.recommendations.withoutStatement === 'allowed';
    const { context, productId, limit, locale } = query;
    const filters = filtersOf(query);
    const request = { owner, context, productId, limit, filters, locale, personal, nowMs, count };
    return pageOf(request, known, policy, stores);
  },
});
