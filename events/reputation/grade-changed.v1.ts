import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { productIdSchema } from '../ids.ts';
import { instantSchema } from '../values.ts';
import { causeSchema } from './review-outcome.ts';

export const gradeChanged = defineEvent({
  type: 'grade.changed.v1',
  family: 'reputation',
  direction: 'out',
  summary: 'The quality grade of a product is another.',
  data: z.object({
    productId: productIdSchema,
    from: z.string(),
    to: z.string(),
    score: z.optional(z.number()),
    at: instantSchema,
    cause: causeSchema,
    formulaVersion: z.string(),
    policyVersion: z.string(),
  }),
  sample: {
    subject: 'teapot',
    data: {
      productId: 'teapot',
      from: 'none',
      to: 'AA',
      score: 91,
      at: '2026-01-20T10:00:00Z',
      cause: { eventId: 'evt-11', type: 'inspection.completed.v1', subject: 'insp-1' },
      formulaVersion: '1',
      policyVersion: '1',
    },
  },
});
