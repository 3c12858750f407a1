import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { memberIdSchema } from '../ids.ts';
import { currencySchema, instantSchema } from '../values.ts';

export const tierChanged = defineEvent({
  type: 'tier.changed.v1',
  family: 'loyalty',
  direction: 'out',
  summary: 'A member has risen or fallen to another tier.',
  data: z.object({
    memberId: memberIdSchema,
    from: z.string(),
    to: z.string(),
    at: instantSchema,
    /** The spend that decided it, in minor units of the base currency. */
    spend: z.int(),
    currency: currencySchema,
    /** Why: spend reached it, spend was taken back, spend lapsed by time, the policy changed, or a fact came late. */
    reason: z.optional(z.enum(['spend', 'return', 'lapse', 'policy', 'correction'])),
    cause: z.object({ eventId: z.string(), type: z.string(), subject: z.string() }),
    policyVersion: z.string(),
  }),
  sample: {
    subject: 'mem-1',
    data: {
      memberId: 'mem-1',
      from: 'basic',
      to: 'silver',
      at: '2026-01-08T09:00:00Z',
      spend: 100_398,
      currency: 'CNY',
      reason: 'spend',
      cause: { eventId: 'evt-2', type: 'order.completed.v1', subject: 'ord-1' },
      policyVersion: '1',
    },
  },
});
