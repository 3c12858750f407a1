import * as z from 'zod/mini';
import { memberIdSchema } from '../ids.ts';
import { instantSchema } from '../values.ts';

/** Who was brought, and by whom. */
export const referral = {
  memberId: memberIdSchema,
  referrerId: memberIdSchema,
  at: instantSchema,
  cause: z.object({ eventId: z.string(), type: z.string(), subject: z.string() }),
};

export const referralSample = {
  subject: 'mem-2',
  data: {
    memberId: 'mem-2',
    referrerId: 'mem-1',
    at: '2026-01-15T09:00:00Z',
    cause: { eventId: 'referral:ord-9', type: 'referral.window', subject: 'ord-9' },
  },
};
