import { defineRoute } from '../../shared/runtime/route.ts';
import { answerScorecard } from './answer-scorecard.ts';
import { scorecardAnswer } from './scorecard-answer.ts';
import type { ReputationStores } from './stores.ts';

export const getSupport = defineRoute({
  method: 'GET',
  path: '/v1/desk/support',
  summary:
    'The figures of the whole shop: first response, resolution, complaint rate, satisfaction, against their goals.',
  access: { kind: 'service', scopes: ['reputation:read', 'desk', 'admin'] },
  answers: { 200: { description: 'The figures.', schema: scorecardAnswer } },
  problems: [],
  async handle({ nowMs }, stores: ReputationStores) {
    return { status: 200, body: await answerScorecard({ kind: 'shop' }, nowMs, stores) };
  },
});
