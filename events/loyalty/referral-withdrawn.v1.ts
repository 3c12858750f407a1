import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { referral, referralSample } from './referral.ts';

export const referralWithdrawn = defineEvent({
  type: 'referral.withdrawn.v1',
  family: 'loyalty',
  direction: 'out',
  summary: 'A fact came late by which a referral that had been completed was not.',
  data: z.object(referral),
  sample: referralSample,
});
