import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { reviewIdSchema } from '../ids.ts';
import { reasonSchema } from '../values.ts';

export const reviewRemoved = defineEvent({
  type: 'review.removed.v1',
  family: 'review',
  summary: 'A review has been taken away, by its author or by the desk; it is kept and counts no more.',
  data: z.object({
    reviewId: reviewIdSchema,
    by: z.enum(['member', 'desk']),
    reason: z.optional(reasonSchema),
  }),
  personal: ['reason'],
  sample: { subject: 'rev-1', data: { reviewId: 'rev-1', by: 'member' } },
});
