import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { pointsMovement, pointsMovementSample } from './points-movement.ts';

export const pointsAvailable = defineEvent({
  type: 'points.available.v1',
  family: 'loyalty',
  direction: 'out',
  summary: 'The return window of an order has closed: its points can be spent.',
  data: z.object(pointsMovement),
  sample: pointsMovementSample,
});
