import * as z from 'zod/mini';
import { sanctionIdSchema } from '../../events/ids.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { sanctionAnswer } from './answers.ts';
import { reasonCode, text } from './fields.ts';
import { runCommand } from './run-command.ts';
import type { SanctionStores } from './stores.ts';
import { subjectOf } from './subject-of.ts';

export const postAppealDecision = defineRoute({
  method: 'POST',
  path: '/v1/sanctions/{id}/appeal-decision',
  summary: 'Upholds a restriction, or lifts it at once: by somebody who has had no part in the case.',
  access: { kind: 'service', scopes: ['desk'] },
  pathSchema: z.object({ id: sanctionIdSchema }),
  bodySchema: z.strictObject({ verdict: z.enum(['uphold', 'lift']), reason: reasonCode, text }),
  answers: { 200: { description: 'The case as it stood with the decision.', schema: sanctionAnswer } },
  problems: [
    'invalid_request',
    'subject_required',
    'not_found',
    'too_many_facts',
    'not_appealed',
    'already_decided',
    'same_person',
    'unavailable',
  ],
  async handle({ path, body, caller, nowMs }, stores: SanctionStores) {
    const said = { kind: 'appeal_decision', ...body, by: subjectOf(caller) } as const;
    return { status: 200, body: await runCommand({ sanctionId: path.id, said }, { ...stores, nowMs }) };
  },
});
