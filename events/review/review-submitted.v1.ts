import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { memberIdSchema, orderIdSchema, productIdSchema, reviewIdSchema } from '../ids.ts';
import { freeTextSchema, LIMITS, localeSchema, starsSchema } from '../values.ts';

export const reviewSubmitted = defineEvent({
  type: 'review.submitted.v1',
  family: 'review',
  summary:
    'A member has reviewed a product; the same reviewId again is an edit, and a later review of the product replaces it.',
  data: z.object({
    reviewId: reviewIdSchema,
    memberId: memberIdSchema,
    productId: productIdSchema,
    /** The purchase it is about, where the shop knows. */
    orderId: z.optional(orderIdSchema),
    /** Whole stars; `service` and `logistics` are about the shop and the delivery. */
    ratings: z.object({
      product: starsSchema,
      service: z.optional(starsSchema),
      logistics: z.optional(starsSchema),
    }),
    title: z.optional(freeTextSchema(LIMITS.titleLength)),
    text: z.optional(freeTextSchema()),
    locale: z.optional(localeSchema),
    /** The member's wish not to be shown as the author. */
    anonymous: z.optional(z.boolean()),
    /** Pictures and films that come with it; the shop keeps them. */
    mediaCount: z.optional(z.int().check(z.gte(0), z.lte(100))),
    /** The shop has given something for it, beside the points that Rapport itself pays. */
    incentivised: z.optional(z.boolean()),
  }),
  personal: ['text', 'title'],
  sample: {
    subject: 'rev-1',
    data: {
      reviewId: 'rev-1',
      memberId: 'mem-1',
      productId: 'teapot',
      orderId: 'ord-1',
      ratings: { product: 5, service: 4, logistics: 3 },
      title: 'Keeps the tea warm',
      text: 'Very good quality, pours without a drop beside the cup. The delivery took a week.',
      locale: 'en-GB',
      mediaCount: 1,
    },
  },
});
