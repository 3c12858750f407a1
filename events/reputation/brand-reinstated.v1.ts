import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { restriction, restrictionSample } from './restriction.ts';

export const brandReinstated = defineEvent({
  type: 'brand.reinstated.v1',
  family: 'reputation',
  direction: 'out',
  summary: 'A restriction has ended, by time or on appeal.',
  data: z.object(restriction),
  sample: { subject: 'hearth', data: restrictionSample },
});
