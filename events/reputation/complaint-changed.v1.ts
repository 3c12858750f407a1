import * as z from 'zod/mini';
import { complaintOutcomes } from '../complaint/complaint-target.ts';
import { defineEvent } from '../define-event.ts';
import { complaintIdSchema, memberIdSchema } from '../ids.ts';
import { instantSchema } from '../values.ts';
import { causeSchema } from './review-outcome.ts';

export const complaintStates = ['open', 'investigating', 'answered', 'decided', 'closed'] as const;

export const complaintChanged = defineEvent({
  type: 'complaint.changed.v1',
  family: 'reputation',
  direction: 'out',
  summary: 'A complaint has come to another state; what was written about it stays with the shop.',
  data: z.object({
    complaintId: complaintIdSchema,
    memberId: memberIdSchema,
    from: z.optional(z.enum(complaintStates)),
    to: z.enum(complaintStates),
    /** Of the decision that holds, where there is one. */
    outcome: z.optional(z.enum(complaintOutcomes)),
    at: instantSchema,
    cause: causeSchema,
  }),
  sample: {
    subject: 'cmp-1',
    data: {
      complaintId: 'cmp-1',
      memberId: 'mem-1',
      from: 'open',
      to: 'answered',
      at: '2026-01-05T12:00:00Z',
      cause: { eventId: 'evt-21', type: 'complaint.answered.v1', subject: 'cmp-1' },
    },
  },
});
