import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { pointsMovement, pointsMovementSample } from './points-movement.ts';

export const pointsRedeemed = defineEvent({
  type: 'points.redeemed.v1',
  family: 'loyalty',
  direction: 'out',
  summary: 'A member has spent points.',
  data: z.object(pointsMovement),
  sample: pointsMovementSample,
});
