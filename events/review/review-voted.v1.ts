import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { memberIdSchema, reviewIdSchema } from '../ids.ts';

export const reviewVoted = defineEvent({
  type: 'review.voted.v1',
  family: 'review',
  summary: 'A reader has found a review helpful or not; the latest vote of a reader counts.',
  data: z.object({ reviewId: reviewIdSchema, voterId: memberIdSchema, helpful: z.boolean() }),
  sample: { subject: 'rev-1', data: { reviewId: 'rev-1', voterId: 'mem-2', helpful: true } },
});
