import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { complaintIdSchema } from '../ids.ts';
import { satisfactionSchema } from './complaint-target.ts';

export const complaintRated = defineEvent({
  type: 'complaint.rated.v1',
  family: 'complaint',
  summary: 'The member has said how satisfied the handling of a decided complaint has left them, which closes it.',
  data: z.object({ complaintId: complaintIdSchema, satisfaction: satisfactionSchema }),
  sample: { subject: 'cmp-1', data: { complaintId: 'cmp-1', satisfaction: 4 } },
});
