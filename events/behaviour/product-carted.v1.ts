import { defineEvent } from '../define-event.ts';
import { interactionSample, interactionSchema } from './interaction.ts';

export const productCarted = defineEvent({
  type: 'product.carted.v1',
  family: 'behaviour',
  summary: 'A member or a visitor has put a product in the basket.',
  data: interactionSchema,
  sample: interactionSample,
});
