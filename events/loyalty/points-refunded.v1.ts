import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { pointsMovement, pointsMovementSample } from './points-movement.ts';

export const pointsRefunded = defineEvent({
  type: 'points.refunded.v1',
  family: 'loyalty',
  direction: 'out',
  summary: 'Points that paid part of an order have been given back, after a cancellation, a return or a release.',
  data: z.object(pointsMovement),
  sample: pointsMovementSample,
});
