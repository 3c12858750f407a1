import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { reviewOutcome, reviewOutcomeSample } from './review-outcome.ts';

export const reviewPublished = defineEvent({
  type: 'review.published.v1',
  family: 'reputation',
  direction: 'out',
  summary: 'A review is shown and counts.',
  data: z.object(reviewOutcome),
  sample: { subject: 'rev-1', data: reviewOutcomeSample },
});
