import { defineEvent } from '../define-event.ts';
import { interactionSample, interactionSchema } from './interaction.ts';

export const productViewed = defineEvent({
  type: 'product.viewed.v1',
  family: 'behaviour',
  summary: 'A member or a visitor has looked at a product.',
  data: interactionSchema,
  sample: interactionSample,
});
