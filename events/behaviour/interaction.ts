import * as z from 'zod/mini';
import { productIdSchema, recommendationIdSchema } from '../ids.ts';
import { channelSchema } from '../values.ts';
import { somebody, whoFields } from './somebody.ts';

/** Somebody, a member or a visitor, meets a product. */
export const interactionSchema = z
  .object({
    productId: productIdSchema,
    ...whoFields,
    channel: z.optional(channelSchema),
    recommendationId: z.optional(recommendationIdSchema),
  })
  .check(somebody);

export const interactionSample = {
  subject: 'teapot',
  data: { productId: 'teapot', anonymousId: 'anon-7', channel: 'web' },
};
