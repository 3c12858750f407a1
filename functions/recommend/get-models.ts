import { defineRoute } from '../../shared/runtime/route.ts';
import { answerModel, modelsAnswer } from './model-answers.ts';
import type { RecommendStores } from './stores.ts';

export const getModels = defineRoute({
  method: 'GET',
  path: '/v1/models',
  summary:
    'The models of recommendations, newest first: which one serves, what each reached, and why one was not published.',
  access: { kind: 'service', scopes: ['admin'] },
  answers: { 200: { description: 'All that are kept.', schema: modelsAnswer } },
  problems: [],
  async handle(_request, { versions }: Pick<RecommendStores, 'versions'>) {
    return { status: 200, body: { items: (await versions.list()).map(answerModel) } };
  },
});
