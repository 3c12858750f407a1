import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { memberIdSchema } from '../ids.ts';
import { instantSchema } from '../values.ts';

export const pointsExpiresSoon = defineEvent({
  type: 'points.expires_soon.v1',
  family: 'loyalty',
  direction: 'out',
  summary: 'Points of a member expire in so many days; told once for each number of days of the policy.',
  data: z.object({
    memberId: memberIdSchema,
    points: z.int().check(z.positive()),
    daysLeft: z.int().check(z.positive()),
    expiresAt: instantSchema,
    at: instantSchema,
  }),
  sample: {
    subject: 'mem-1',
    data: {
      memberId: 'mem-1',
      points: 33,
      daysLeft: 30,
      expiresAt: '2027-01-31T23:59:59.999Z',
      at: '2027-01-01T23:59:59.999Z',
    },
  },
});
