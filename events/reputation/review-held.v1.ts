import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { reviewOutcome, reviewOutcomeSample } from './review-outcome.ts';

export const reviewHeld = defineEvent({
  type: 'review.held.v1',
  family: 'reputation',
  direction: 'out',
  summary: 'A review waits for the desk before it is shown.',
  data: z.object(reviewOutcome),
  sample: { subject: 'rev-1', data: reviewOutcomeSample },
});
