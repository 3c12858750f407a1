import * as z from 'zod/mini';
import { compensationCommand } from '../../events/complaint/compensation.ts';
import { actorSchema, complaintOutcomes } from '../../events/complaint/complaint-target.ts';
import { complaintIdSchema } from '../../events/ids.ts';
import { freeTextSchema, LIMITS } from '../../events/values.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { receiptAnswer } from './answers.ts';
import { actorOf, runCommand } from './run-command.ts';
import type { ComplaintStores } from './stores.ts';

export const postDecision = defineRoute({
  method: 'POST',
  path: '/v1/complaints/{id}/decision',
  summary: 'Decides a complaint; after an appeal once more, by another person.',
  access: { kind: 'service', scopes: ['desk'] },
  pathSchema: z.object({ id: complaintIdSchema }),
  bodySchema: z.strictObject({
    outcome: z.enum(complaintOutcomes),
    /** Who decides; left out, whom the token was given to. */
    actor: z.optional(actorSchema),
    compensation: z.optional(compensationCommand),
    reason: z.optional(freeTextSchema(LIMITS.textLength)),
  }),
  answers: { 200: { description: 'The complaint as it stood with the decision.', schema: receiptAnswer } },
  problems: [
    'invalid_request',
    'not_found',
    'complaint_closed',
    'already_decided',
    'same_person',
    'too_many_facts',
    'unavailable',
  ],
  async handle({ path, body, caller, nowMs }, stores: ComplaintStores) {
    const said = { kind: 'decided', ...body, actor: actorOf(caller, body.actor) } as const;
    return {
      status: 200,
      body: await runCommand({ complaintId: path.id, caller }, () => said, { ...stores, nowMs }),
    };
  },
});
