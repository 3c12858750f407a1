import * as z from 'zod/mini';
import { complaintIdSchema } from '../../events/ids.ts';
import { openedComplaint } from '../../shared/domain/complaint/complaint.ts';
import { complaintView, deskParts } from '../../shared/domain/complaint/complaint-view.ts';
import { policyAt, presentMs } from '../../shared/policy/policies.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { complaintAnswer } from './answers.ts';
import { ownComplaint } from './run-command.ts';
import type { ComplaintStores } from './stores.ts';
import { wordsOf } from './words-of.ts';

export const getComplaint = defineRoute({
  method: 'GET',
  path: '/v1/complaints/{id}',
  summary: 'A complaint, for its member or the desk: where it stands, by when what is due, and how it came to that.',
  access: { kind: 'owner', scopes: ['desk'] },
  pathSchema: z.object({ id: complaintIdSchema }),
  answers: { 200: { description: 'The complaint with its history.', schema: complaintAnswer } },
  problems: ['invalid_request', 'not_found'],
  async handle({ path, caller, nowMs: clockMs }, { complaints, words, policies: source }: ComplaintStores) {
    const [{ record }, policies] = await Promise.all([complaints.load(path.id), source.load()]);
    const complaint = ownComplaint(openedComplaint(record), caller);
    const nowMs = presentMs(policies, clockMs);
    const view = complaintView(complaint, await wordsOf(record, words), nowMs);
    const desk = caller.kind === 'service' ? deskParts(complaint, policyAt(policies, nowMs).complaints) : {};
    return { status: 200, body: { ...view, ...desk } };
  },
});
