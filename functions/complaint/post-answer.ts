import * as z from 'zod/mini';
import { actorSchema } from '../../events/complaint/complaint-target.ts';
import { complaintIdSchema, eventIdSchema } from '../../events/ids.ts';
import { freeTextSchema } from '../../events/values.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { receiptAnswer } from './answers.ts';
import { actorOf, runCommand } from './run-command.ts';
import type { ComplaintStores } from './stores.ts';

export const postAnswer = defineRoute({
  method: 'POST',
  path: '/v1/complaints/{id}/answers',
  summary: 'Answers a complaint. Without an `answerId` the same words by the same person are one answer.',
  access: { kind: 'service', scopes: ['desk'] },
  pathSchema: z.object({ id: complaintIdSchema }),
  bodySchema: z.strictObject({
    answerId: z.optional(eventIdSchema),
    /** Who answers; left out, whom the token was given to. */
    actor: z.optional(actorSchema),
    text: z.optional(freeTextSchema()),
  }),
  answers: { 201: { description: 'The complaint as it stood with the answer.', schema: receiptAnswer } },
  problems: ['invalid_request', 'not_found', 'id_reused', 'complaint_closed', 'too_many_facts', 'unavailable'],
  async handle({ path, body, caller, nowMs }, stores: ComplaintStores) {
    const said = { kind: 'answered', actor: actorOf(caller, body.actor), text: body.text } as const;
    const command = { complaintId: path.id, id: body.answerId, caller };
    return { status: 201, body: await runCommand(command, () => said, { ...stores, nowMs }) };
  },
});
