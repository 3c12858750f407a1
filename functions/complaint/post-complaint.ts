import * as z from 'zod/mini';
import { complaintFields, namesTarget } from '../../events/complaint/complaint-target.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { receiptAnswer } from './answers.ts';
import { runCommand } from './run-command.ts';
import type { ComplaintStores } from './stores.ts';

export const postComplaint = defineRoute({
  method: 'POST',
  path: '/v1/complaints',
  summary:
    'Opens a complaint about a brand, a supplier, a product or an order; the answer says by when the shop replies.',
  access: { kind: 'member', scopes: ['events:write', 'desk'], memberField: 'memberId' },
  bodySchema: z.strictObject(complaintFields).check(namesTarget),
  answers: { 201: { description: 'The complaint as it was opened, also where it was before.', schema: receiptAnswer } },
  problems: ['invalid_request', 'id_reused', 'too_many_facts', 'unavailable'],
  async handle({ body, caller, nowMs }, stores: ComplaintStores) {
    const { complaintId, ...said } = body;
    const receipt = await runCommand({ complaintId, caller }, () => ({ kind: 'opened', ...said }), {
      ...stores,
      nowMs,
    });
    return { status: 201, body: receipt };
  },
});
