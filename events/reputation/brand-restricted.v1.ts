import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { restriction, restrictionSample } from './restriction.ts';

export const brandRestricted = defineEvent({
  type: 'brand.restricted.v1',
  family: 'reputation',
  direction: 'out',
  summary: 'A brand or supplier is restricted, after notice and hearing.',
  data: z.object(restriction),
  sample: { subject: 'hearth', data: restrictionSample },
});
