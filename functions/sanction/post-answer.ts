import * as z from 'zod/mini';
import { actorSchema } from '../../events/complaint/complaint-target.ts';
import { eventIdSchema, sanctionIdSchema } from '../../events/ids.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { sanctionAnswer } from './answers.ts';
import { text } from './fields.ts';
import { runCommand } from './run-command.ts';
import type { SanctionStores } from './stores.ts';
import { subjectOf } from './subject-of.ts';

export const postAnswer = defineRoute({
  method: 'POST',
  path: '/v1/sanctions/{id}/answers',
  summary:
    'What the brand or the supplier answers to the notice, written down by the desk. Without an `answerId` the same words of the same speaker are one answer.',
  access: { kind: 'service', scopes: ['desk'] },
  pathSchema: z.object({ id: sanctionIdSchema }),
  bodySchema: z.strictObject({
    answerId: z.optional(eventIdSchema),
    /** Who speaks for the brand or the supplier. */
    actor: actorSchema,
    text,
  }),
  answers: { 201: { description: 'The case as it stood with the answer.', schema: sanctionAnswer } },
  problems: [
    'invalid_request',
    'subject_required',
    'not_found',
    'id_reused',
    'too_many_facts',
    'sanction_not_open',
    'unavailable',
  ],
  async handle({ path, body, caller, nowMs }, stores: SanctionStores) {
    const { answerId: id, ...rest } = body;
    const said = { kind: 'answer', ...rest, by: subjectOf(caller) } as const;
    return { status: 201, body: await runCommand({ sanctionId: path.id, id, said }, { ...stores, nowMs }) };
  },
});
