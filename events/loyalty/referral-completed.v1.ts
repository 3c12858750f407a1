import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { referral, referralSample } from './referral.ts';

export const referralCompleted = defineEvent({
  type: 'referral.completed.v1',
  family: 'loyalty',
  direction: 'out',
  summary:
    'The first completed order of a member has passed its return window: the one who brought the member is due a reward.',
  data: z.object(referral),
  sample: referralSample,
});
