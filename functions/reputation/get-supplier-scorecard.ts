import * as z from 'zod/mini';
import { supplierIdSchema } from '../../events/ids.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { answerScorecard } from './answer-scorecard.ts';
import { scorecardAnswer } from './scorecard-answer.ts';
import type { ReputationStores } from './stores.ts';

export const getSupplierScorecard = defineRoute({
  method: 'GET',
  path: '/v1/suppliers/{id}/scorecard',
  summary:
    'The figures that a supplier is controlled by, each with what it is made of and the goal it is held against.',
  access: { kind: 'service', scopes: ['reputation:read', 'desk', 'admin'] },
  pathSchema: z.object({ id: supplierIdSchema }),
  answers: { 200: { description: 'The scorecard.', schema: scorecardAnswer } },
  problems: ['invalid_request', 'not_found'],
  async handle({ path, nowMs }, stores: ReputationStores) {
    return { status: 200, body: await answerScorecard({ kind: 'supplier', id: path.id }, nowMs, stores) };
  },
});
