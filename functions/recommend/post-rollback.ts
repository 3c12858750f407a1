import { Problem } from '../../shared/runtime/errors.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { rollbackAnswer, rollbackBody } from './model-answers.ts';
import type { RecommendStores } from './stores.ts';

/** Whoever changes which model serves at the same moment; a third time running is no chance. */
const ATTEMPTS = 3;

export const postRollback = defineRoute({
  method: 'POST',
  path: '/v1/models/rollback',
  summary: 'Lets an earlier model serve again. The next training compares with it; until then it stays.',
  access: { kind: 'service', scopes: ['admin'] },
  bodySchema: rollbackBody,
  answers: { 200: { description: 'It serves.', schema: rollbackAnswer } },
  problems: ['invalid_request', 'not_found', 'unavailable'],
  async handle({ body: { version }, nowMs }, { versions }: Pick<RecommendStores, 'versions'>) {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const outcome = await versions.rollBack(version, new Date(nowMs).toISOString());
      if (outcome === 'not_kept') throw new Problem('not_found', `No model ${version} is kept that was published.`);
      if (outcome === 'conflict') continue;
      const serving = await versions.serving();
      const { publishedAt = '', previous } = serving ?? {};
      return {
        status: 200,
        body: { version: serving?.version ?? version, since: publishedAt, ...(previous && { previous }) },
      };
    }
    throw new Problem('unavailable', 'Another model is being published; ask again.');
  },
});
