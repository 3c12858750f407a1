import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { pointsMovement, pointsMovementSample } from './points-movement.ts';

export const pointsEarned = defineEvent({
  type: 'points.earned.v1',
  family: 'loyalty',
  direction: 'out',
  summary: 'A member has earned points; they are pending until their hold ends.',
  data: z.object(pointsMovement),
  sample: pointsMovementSample,
});
