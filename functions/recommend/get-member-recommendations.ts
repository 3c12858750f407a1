import * as z from 'zod/mini';
import { memberIdSchema } from '../../events/ids.ts';
import { relyOn } from '../../shared/domain/member/consent.ts';
import { latestPolicy } from '../../shared/policy/policies.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { recommendationsAnswer } from './answers.ts';
import { pageOf } from './page.ts';
import { filtersOf, recommendationsQuery } from './queries.ts';
import type { RecommendStores } from './stores.ts';

export const getMemberRecommendations = defineRoute({
  method: 'GET',
  path: '/v1/members/{id}/recommendations',
  summary:
    'Products for a member, each with the reasons that its score is made of. Whom nobody knows yet is answered like a visitor.',
  access: { kind: 'member', scopes: ['members:read'], memberParameter: 'id' },
  pathSchema: z.object({ id: memberIdSchema }),
  querySchema: recommendationsQuery,
  answers: { 200: { description: 'The best products, best first.', schema: recommendationsAnswer } },
  problems: ['invalid_request'],
  async handle({ path, query, nowMs, count }, stores: RecommendStores) {
    const owner = { kind: 'member', id: path.id } as const;
    const [known, { registration }, policies] = await Promise.all([
      stores.reader.read(owner, nowMs),
      // As it is at this moment: a consent that has been withdrawn is obeyed at once.
      stores.members.load(path.id, ['registration'], true),
      stores.policies.load(),
    ]);
    const policy = latestPolicy(policies);
    const { allowed: personal, proof } = relyOn(registration?.personalisation, policy.recommendations.withoutStatement);
    const { context, productId, limit, locale = registration?.locale?.value } = query;
    const filters = filtersOf(query);
    const consent = { personalisation: proof };
    const request = { owner, context, productId, limit, filters, locale, personal, consent, nowMs, count };
    return pageOf(request, known, policy, stores);
  },
});
