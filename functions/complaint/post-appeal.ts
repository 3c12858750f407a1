import * as z from 'zod/mini';
import { complaintIdSchema } from '../../events/ids.ts';
import { freeTextSchema } from '../../events/values.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { receiptAnswer } from './answers.ts';
import { ownComplaint, runCommand } from './run-command.ts';
import type { ComplaintStores } from './stores.ts';

export const postAppeal = defineRoute({
  method: 'POST',
  path: '/v1/complaints/{id}/appeal',
  summary:
    'The member does not agree with the decision, once and while the case is not closed: another person decides.',
  access: { kind: 'owner', scopes: ['events:write'] },
  pathSchema: z.object({ id: complaintIdSchema }),
  bodySchema: z.strictObject({ text: z.optional(freeTextSchema()) }),
  answers: { 200: { description: 'The complaint as it stood with the appeal.', schema: receiptAnswer } },
  problems: [
    'invalid_request',
    'not_found',
    'already_appealed',
    'complaint_closed',
    'not_decided',
    'too_many_facts',
    'unavailable',
  ],
  async handle({ path, body, caller, nowMs }, stores: ComplaintStores) {
    const receipt = await runCommand(
      { complaintId: path.id, caller },
      (complaint) => {
        const { memberId } = ownComplaint(complaint, caller).folded.opened.data;
        return { kind: 'appealed', actor: memberId, text: body.text };
      },
      { ...stores, nowMs },
    );
    return { status: 200, body: receipt };
  },
});
