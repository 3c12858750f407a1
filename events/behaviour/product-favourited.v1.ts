import { defineEvent } from '../define-event.ts';
import { interactionSample, interactionSchema } from './interaction.ts';

export const productFavourited = defineEvent({
  type: 'product.favourited.v1',
  family: 'behaviour',
  summary: 'A member or a visitor has marked a product as a favourite.',
  data: interactionSchema,
  sample: interactionSample,
});
