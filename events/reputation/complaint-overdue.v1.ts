import * as z from 'zod/mini';
import { complaintCategories, complaintSeverities } from '../complaint/complaint-target.ts';
import { defineEvent } from '../define-event.ts';
import { complaintIdSchema, memberIdSchema } from '../ids.ts';
import { instantSchema } from '../values.ts';

export const complaintOverdue = defineEvent({
  type: 'complaint.overdue.v1',
  family: 'reputation',
  direction: 'out',
  summary: 'A deadline of a complaint has passed unmet; told once for each deadline.',
  data: z.object({
    complaintId: complaintIdSchema,
    memberId: memberIdSchema,
    /** What was due: the first answer, the decision, or the decision on an appeal. */
    deadline: z.enum(['answer', 'decision', 'appeal']),
    /** When it was due, which is when it became overdue. */
    dueAt: instantSchema,
    category: z.enum(complaintCategories),
    severity: z.enum(complaintSeverities),
    /** How far up the policy has taken it by now, and to whom. */
    level: z.int(),
    to: z.optional(z.string()),
    policyVersion: z.string(),
  }),
  sample: {
    subject: 'cmp-1',
    data: {
      complaintId: 'cmp-1',
      memberId: 'mem-1',
      deadline: 'answer',
      dueAt: '2026-01-06T10:00:00Z',
      category: 'quality',
      severity: 'normal',
      level: 1,
      to: 'team_lead',
      policyVersion: '1',
    },
  },
});
