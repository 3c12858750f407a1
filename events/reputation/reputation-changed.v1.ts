import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { instantSchema } from '../values.ts';
import { causeSchema } from './review-outcome.ts';

const standing = z.object({ score: z.number(), level: z.string() });

export const reputationChanged = defineEvent({
  type: 'reputation.changed.v1',
  family: 'reputation',
  direction: 'out',
  summary: 'The score of a brand or supplier, or the credit of a reviewer, has moved.',
  data: z.object({
    kind: z.enum(['brand', 'supplier', 'reviewer']),
    id: z.string(),
    from: z.optional(standing),
    to: standing,
    at: instantSchema,
    cause: causeSchema,
    formulaVersion: z.string(),
    policyVersion: z.string(),
  }),
  sample: {
    subject: 'hearth',
    data: {
      kind: 'brand',
      id: 'hearth',
      from: { score: 98, level: 'excellent' },
      to: { score: 96, level: 'excellent' },
      at: '2026-01-20T10:00:00Z',
      cause: { eventId: 'evt-12', type: 'complaint.decided.v1', subject: 'cmp-1' },
      formulaVersion: '1',
      policyVersion: '1',
    },
  },
});
