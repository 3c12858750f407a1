import * as z from 'zod/mini';
import { actorSchema } from '../../events/complaint/complaint-target.ts';
import { sanctionIdSchema } from '../../events/ids.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { sanctionAnswer } from './answers.ts';
import { text } from './fields.ts';
import { runCommand } from './run-command.ts';
import type { SanctionStores } from './stores.ts';
import { subjectOf } from './subject-of.ts';

export const postAppeal = defineRoute({
  method: 'POST',
  path: '/v1/sanctions/{id}/appeal',
  summary:
    'The brand or the supplier does not agree with its restriction, once and within the period: a third person decides. Until then the restriction stays.',
  access: { kind: 'service', scopes: ['desk'] },
  pathSchema: z.object({ id: sanctionIdSchema }),
  /** `actor`: who speaks for the brand or the supplier. */
  bodySchema: z.strictObject({ actor: actorSchema, text }),
  answers: { 200: { description: 'The case as it stood with the appeal.', schema: sanctionAnswer } },
  problems: [
    'invalid_request',
    'subject_required',
    'not_found',
    'too_many_facts',
    'not_restricted',
    'already_appealed',
    'appeal_period_over',
    'unavailable',
  ],
  async handle({ path, body, caller, nowMs }, stores: SanctionStores) {
    const said = { kind: 'appeal', ...body, by: subjectOf(caller) } as const;
    return { status: 200, body: await runCommand({ sanctionId: path.id, said }, { ...stores, nowMs }) };
  },
});
