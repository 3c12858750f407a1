import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { pointsMovement, pointsMovementSample } from './points-movement.ts';

export const pointsReversed = defineEvent({
  type: 'points.reversed.v1',
  family: 'loyalty',
  direction: 'out',
  summary: 'Points that an order had earned have been taken back, after a return, a cancellation or a correction.',
  data: z.object(pointsMovement),
  sample: pointsMovementSample,
});
