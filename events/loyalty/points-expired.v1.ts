import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { pointsMovement, pointsMovementSample } from './points-movement.ts';

export const pointsExpired = defineEvent({
  type: 'points.expired.v1',
  family: 'loyalty',
  direction: 'out',
  summary: 'Points were not used in time and have expired.',
  data: z.object(pointsMovement),
  sample: pointsMovementSample,
});
