import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { brandIdSchema } from '../ids.ts';
import { nameSchema } from '../values.ts';

export const brandUpserted = defineEvent({
  type: 'brand.upserted.v1',
  family: 'catalog',
  summary: 'A brand is new or has changed its name.',
  data: z.object({ brandId: brandIdSchema, name: nameSchema }),
  sample: { subject: 'hearth', data: { brandId: 'hearth', name: 'Hearth & Co' } },
});
