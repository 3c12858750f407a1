import * as z from 'zod/mini';
import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { decidePutPolicy } from '../../shared/domain/policy/put-policy.ts';
import { putPolicySchema, readPutPolicy } from '../../shared/domain/policy/read-put.ts';
import { Problem } from '../../shared/runtime/errors.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { answerPolicy, policyAnswer, policyHeaders } from './answers.ts';
import type { PolicyStores } from './stores.ts';

export const putPolicy = defineRoute({
  method: 'PUT',
  path: '/v1/policy',
  summary: 'Puts a policy in force from now on; what happened before is judged by the one that applied then.',
  access: { kind: 'service', scopes: ['admin'] },
  headerSchema: z.object({ 'if-match': z.optional(z.string().check(z.maxLength(1_000))) }),
  bodySchema: z.unknown(),
  documentedBody: putPolicySchema,
  answers: { 200: { description: 'The policy in force.', schema: policyAnswer, headers: policyHeaders } },
  problems: [
    'invalid_policy',
    'precondition_required',
    'precondition_failed',
    'base_currency_fixed',
    'too_many_versions',
  ],
  async handle({ headers, body, caller, nowMs }, { policies, versions }: PolicyStores) {
    const read = readPutPolicy(body);
    if (!read.ok) throw new Problem('invalid_policy', 'See errors: all that is wrong with it.', read.errors);
    const { document, reason } = read;
    const by = caller.kind === 'service' ? caller.subject : undefined;
    // Two who put at once: one loses the write, decides anew, and finds that the policy has changed.
    return retryConflicts(WriteConflict, async () => {
      const before = await policies.load();
      const put = { document, ifMatch: headers['if-match'], atMs: nowMs, by, reason };
      const decision = decidePutPolicy(before, put);
      if (decision.kind === 'refused') throw new Problem(decision.code, decision.detail);
      if (decision.kind === 'unchanged') return answerPolicy(before);
      await versions.save(decision.policies, decision.added);
      return answerPolicy(decision.policies);
    });
  },
});
