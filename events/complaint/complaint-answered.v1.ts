import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { complaintIdSchema } from '../ids.ts';
import { freeTextSchema } from '../values.ts';
import { actorSchema } from './complaint-target.ts';

export const complaintAnswered = defineEvent({
  type: 'complaint.answered.v1',
  family: 'complaint',
  summary: 'The shop has answered a complaint; there may be several answers.',
  data: z.object({ complaintId: complaintIdSchema, actor: actorSchema, text: z.optional(freeTextSchema()) }),
  personal: ['text'],
  sample: {
    subject: 'cmp-1',
    data: { complaintId: 'cmp-1', actor: 'agent-7', text: 'We are sorry. A new one is on its way.' },
  },
});
