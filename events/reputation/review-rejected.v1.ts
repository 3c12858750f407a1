import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { reviewOutcome, reviewOutcomeSample } from './review-outcome.ts';

export const reviewRejected = defineEvent({
  type: 'review.rejected.v1',
  family: 'reputation',
  direction: 'out',
  summary: 'A review is not shown, or no longer, and counts for nothing.',
  data: z.object(reviewOutcome),
  sample: { subject: 'rev-1', data: reviewOutcomeSample },
});
