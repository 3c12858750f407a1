import * as z from 'zod/mini';
import { actorSchema } from '../../events/complaint/complaint-target.ts';
import { complaintIdSchema } from '../../events/ids.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { receiptAnswer } from './answers.ts';
import { actorOf, runCommand } from './run-command.ts';
import type { ComplaintStores } from './stores.ts';

export const postInvestigation = defineRoute({
  method: 'POST',
  path: '/v1/complaints/{id}/investigation',
  summary: 'Somebody at the desk looks into a complaint from now on.',
  access: { kind: 'service', scopes: ['desk'] },
  pathSchema: z.object({ id: complaintIdSchema }),
  /** Who acts; left out, whom the token was given to. */
  bodySchema: z.strictObject({ actor: z.optional(actorSchema) }),
  answers: { 200: { description: 'The complaint as it stood with it.', schema: receiptAnswer } },
  problems: ['invalid_request', 'not_found', 'already_decided', 'complaint_closed', 'too_many_facts', 'unavailable'],
  async handle({ path, body, caller, nowMs }, stores: ComplaintStores) {
    const said = { kind: 'investigating', actor: actorOf(caller, body.actor) } as const;
    return {
      status: 200,
      body: await runCommand({ complaintId: path.id, caller }, () => said, { ...stores, nowMs }),
    };
  },
});
