import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { complaintIdSchema } from '../ids.ts';
import { freeTextSchema, LIMITS } from '../values.ts';
import { compensationSchema } from './compensation.ts';
import { actorSchema, complaintOutcomes } from './complaint-target.ts';

export const complaintDecided = defineEvent({
  type: 'complaint.decided.v1',
  family: 'complaint',
  summary: 'A complaint has been decided, or decided again on appeal by another person.',
  data: z.object({
    complaintId: complaintIdSchema,
    outcome: z.enum(complaintOutcomes),
    actor: z.optional(actorSchema),
    compensation: z.optional(compensationSchema),
    reason: z.optional(freeTextSchema(LIMITS.textLength)),
  }),
  personal: ['compensation', 'reason'],
  sample: {
    subject: 'cmp-1',
    data: {
      complaintId: 'cmp-1',
      outcome: 'upheld',
      actor: 'agent-7',
      compensation: { amount: 1_299, currency: 'CNY' },
      reason: 'The handle was glued badly.',
    },
  },
});
