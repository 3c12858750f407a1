import * as z from 'zod/mini';
import { supplierIdSchema } from '../../events/ids.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { answerScore } from './answer-score.ts';
import { scoreAnswer } from './answers.ts';
import type { ReputationStores } from './stores.ts';

export const getSupplierReputation = defineRoute({
  method: 'GET',
  path: '/v1/suppliers/{id}/reputation',
  summary:
    'The score of a supplier: components that add up to it, what was lost for what, complaints and restrictions.',
  access: { kind: 'public' },
  pathSchema: z.object({ id: supplierIdSchema }),
  answers: { 200: { description: 'The score.', schema: scoreAnswer } },
  problems: ['invalid_request', 'not_found'],
  async handle({ path, nowMs }, stores: ReputationStores) {
    return { status: 200, body: await answerScore('supplier', path.id, nowMs, stores) };
  },
});
