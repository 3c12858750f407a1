import * as z from 'zod/mini';
import { productIdSchema } from '../../events/ids.ts';
import { gradeOf } from '../../shared/domain/reputation/grade.ts';
import { ratingOf } from '../../shared/domain/reputation/rating.ts';
import { latestPolicy, presentMs } from '../../shared/policy/policies.ts';
import { Problem } from '../../shared/runtime/errors.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { productReputationAnswer } from './answers.ts';
import type { ReputationStores } from './stores.ts';

export const getProductReputation = defineRoute({
  method: 'GET',
  path: '/v1/products/{id}/reputation',
  summary: 'How a product is rated and graded, with all that it takes to work both out again.',
  access: { kind: 'public' },
  pathSchema: z.object({ id: productIdSchema }),
  answers: { 200: { description: 'Rating and grade.', schema: productReputationAnswer } },
  problems: ['invalid_request', 'not_found'],
  async handle({ path, nowMs }, stores: ReputationStores) {
    const target = `PRODUCT#${path.id}`;
    const [tallies, policies] = await Promise.all([stores.tallies.load([target]), stores.policies.load()]);
    const tally = tallies.get(target);
    if (tally === undefined && !(await stores.catalog.knows('product', path.id))) {
      throw new Problem('not_found', 'The shop knows no product of this id.');
    }
    const policy = latestPolicy(policies);
    const asked = { nowMs: presentMs(policies, nowMs), policy: policy.reputation };
    const rating = ratingOf(tally?.counters ?? {}, asked);
    const grade = gradeOf(tally?.counters ?? {}, asked);
    const { formulaVersion } = rating;
    return {
      status: 200,
      body: { productId: path.id, rating, grade, formulaVersion, policyVersion: policy.stamp },
    };
  },
});
