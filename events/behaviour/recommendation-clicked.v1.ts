import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { productIdSchema, recommendationIdSchema } from '../ids.ts';
import { channelSchema } from '../values.ts';
import { somebody, whoFields } from './somebody.ts';

export const recommendationClicked = defineEvent({
  type: 'recommendation.clicked.v1',
  family: 'behaviour',
  summary: 'A member or a visitor has followed a recommendation to the product.',
  data: z
    .object({
      recommendationId: recommendationIdSchema,
      productId: productIdSchema,
      ...whoFields,
      channel: z.optional(channelSchema),
    })
    .check(somebody),
  sample: {
    subject: 'rec-1',
    data: { recommendationId: 'rec-1', productId: 'oolong', anonymousId: 'anon-7' },
  },
});
