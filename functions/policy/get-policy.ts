import { defineRoute } from '../../shared/runtime/route.ts';
import { answerPolicy, policyAnswer, policyHeaders } from './answers.ts';
import type { PolicyStores } from './stores.ts';

export const getPolicy = defineRoute({
  method: 'GET',
  path: '/v1/policy',
  summary: 'The policy in force: every number a shop may want otherwise.',
  access: { kind: 'service', scopes: ['admin', 'members:read'] },
  answers: { 200: { description: 'The policy and its version.', schema: policyAnswer, headers: policyHeaders } },
  problems: [],
  handle: async (_request, { policies }: PolicyStores) => answerPolicy(await policies.load()),
});
