import * as z from 'zod/mini';
import { memberIdSchema } from '../ids.ts';
import { instantSchema } from '../values.ts';

/** What a movement of points says of itself; `points` is the amount moved, never negative. */
export const pointsMovement = {
  memberId: memberIdSchema,
  points: z.int().check(z.nonnegative()),
  entryId: z.string(),
  at: instantSchema,
  /** The event that called for it. */
  cause: z.object({ eventId: z.string(), type: z.string(), subject: z.string() }),
  rule: z.object({ id: z.string(), policyVersion: z.string(), arithmetic: z.string() }),
};

export const pointsMovementSample = {
  subject: 'mem-1',
  data: {
    memberId: 'mem-1',
    points: 33,
    entryId: 'e1',
    at: '2026-01-05T10:00:00Z',
    cause: { eventId: 'evt-1', type: 'order.placed.v1', subject: 'ord-1' },
    rule: { id: 'purchase', policyVersion: '1', arithmetic: 'floor(33.98 x 1) = 33' },
  },
};
