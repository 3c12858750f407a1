import * as z from 'zod/mini';
import { anonymousIdSchema, memberIdSchema, productIdSchema, recommendationIdSchema } from '../ids.ts';
import { channelSchema } from '../values.ts';

/** Somebody, a member or a visitor, meets a product. */
export const interactionSchema = z
  .object({
    productId: productIdSchema,
    memberId: z.optional(memberIdSchema),
    anonymousId: z.optional(anonymousIdSchema),
    channel: z.optional(channelSchema),
    recommendationId: z.optional(recommendationIdSchema),
  })
  .check(
    z.refine((it) => it.memberId !== undefined || it.anonymousId !== undefined, {
      path: ['memberId'],
      message: 'Either memberId or anonymousId says who it was.',
    }),
  );

export const interactionSample = {
  subject: 'teapot',
  data: { productId: 'teapot', anonymousId: 'anon-7', channel: 'web' },
};
