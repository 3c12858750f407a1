import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { productIdSchema, recommendationIdSchema } from '../ids.ts';
import { channelSchema } from '../values.ts';
import { somebody, whoFields } from './somebody.ts';

export const recommendationShown = defineEvent({
  type: 'recommendation.shown.v1',
  family: 'behaviour',
  summary: 'A member or a visitor has been shown recommended products.',
  data: z
    .object({
      recommendationId: recommendationIdSchema,
      /** In the order in which they were shown. */
      productIds: z.array(productIdSchema).check(z.minLength(1), z.maxLength(100)),
      ...whoFields,
      channel: z.optional(channelSchema),
      /** On which page, such as `home`, `product`, `cart`. */
      context: z.optional(channelSchema),
    })
    .check(somebody),
  sample: {
    subject: 'rec-1',
    data: { recommendationId: 'rec-1', productIds: ['teapot', 'oolong'], anonymousId: 'anon-7', context: 'home' },
  },
});
