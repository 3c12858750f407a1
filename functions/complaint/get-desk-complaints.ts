import * as z from 'zod/mini';
import { complaintAttention } from '../../shared/domain/complaint/complaint-attention.ts';
import { deskComplaint } from '../../shared/domain/complaint/complaint-view.ts';
import { decodeCursor, encodeCursor, listQuerySchema } from '../../shared/runtime/list.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { deskComplaintState, deskComplaintsAnswer, deskComplaintsCursor } from './desk-answers.ts';
import type { ComplaintStores } from './stores.ts';

const ATTENTION = {
  open: 'complaint',
  overdue: 'complaint',
  waiting: 'complaint_waiting',
  refused: 'complaint_refused',
} as const;
/** Deadlines lie ahead: all of them are asked for. */
const EVER = '9999-12-31T23:59:59.999Z';

export const getDeskComplaints = defineRoute({
  method: 'GET',
  path: '/v1/desk/complaints',
  summary:
    'What the desk has to do, most urgent first: complaints to be decided, those of them that are overdue, facts of complaints that nobody has opened, and facts that contradict what was decided.',
  access: { kind: 'service', scopes: ['desk'] },
  querySchema: z.extend(listQuerySchema, { state: z._default(deskComplaintState, 'open') }),
  answers: { 200: { description: 'A page of them.', schema: deskComplaintsAnswer } },
  problems: ['invalid_request', 'invalid_cursor'],
  async handle({ query, nowMs }, { complaints }: ComplaintStores) {
    const { state, limit } = query;
    const cursor = decodeCursor(deskComplaintsCursor.check(z.refine((it) => it.state === state)), query.cursor);
    const until = state === 'overdue' ? new Date(nowMs).toISOString() : EVER;
    const question = { state: ATTENTION[state], until, limit, position: cursor?.position };
    const { complaints: found, next } = await complaints.loadAttention(question);
    // The index is a little behind: what has been done meanwhile is left out.
    const items = found.flatMap((record) => {
      const attention = complaintAttention(record);
      const due = attention !== undefined && (state !== 'overdue' || attention.sinceMs <= nowMs);
      return due && attention.state === ATTENTION[state] ? [deskComplaint(record, attention.sinceMs, nowMs)] : [];
    });
    return { status: 200, body: { items, ...(next && { nextCursor: encodeCursor({ state, position: next }) }) } };
  },
});
