import * as z from 'zod/mini';
import { satisfactionSchema } from '../../events/complaint/complaint-target.ts';
import { complaintIdSchema } from '../../events/ids.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { receiptAnswer } from './answers.ts';
import { runCommand } from './run-command.ts';
import type { ComplaintStores } from './stores.ts';

export const postRating = defineRoute({
  method: 'POST',
  path: '/v1/complaints/{id}/rating',
  summary: 'How satisfied the handling has left the member, from 1 to 5; it closes the case.',
  access: { kind: 'owner', scopes: ['events:write'] },
  pathSchema: z.object({ id: complaintIdSchema }),
  bodySchema: z.strictObject({ satisfaction: satisfactionSchema }),
  answers: { 200: { description: 'The complaint as it closed.', schema: receiptAnswer } },
  problems: [
    'invalid_request',
    'not_found',
    'already_rated',
    'complaint_closed',
    'not_decided',
    'too_many_facts',
    'unavailable',
  ],
  async handle({ path, body, caller, nowMs }, stores: ComplaintStores) {
    const said = { kind: 'rated', satisfaction: body.satisfaction } as const;
    return {
      status: 200,
      body: await runCommand({ complaintId: path.id, caller }, () => said, { ...stores, nowMs }),
    };
  },
});
