import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { brandIdSchema, productIdSchema, supplierIdSchema } from '../ids.ts';
import { categorySchema, currencySchema, LIMITS, moneySchema, nameSchema } from '../values.ts';

export const productUpserted = defineEvent({
  type: 'product.upserted.v1',
  family: 'catalog',
  summary: 'A product is new or has changed; the event carries all that is known of it.',
  data: z.object({
    productId: productIdSchema,
    name: nameSchema,
    brandId: z.optional(brandIdSchema),
    supplierId: z.optional(supplierIdSchema),
    categories: z.array(categorySchema).check(z.maxLength(LIMITS.categoriesPerProduct)),
    price: z.optional(moneySchema(LIMITS.unitPrice)),
    currency: z.optional(currencySchema),
    imageUrl: z.optional(z.url({ protocol: /^https?$/ }).check(z.maxLength(2_000))),
    availability: z.optional(z.enum(['in_stock', 'out_of_stock', 'discontinued'])),
    attributes: z.optional(
      z
        .record(z.string().check(z.minLength(1), z.maxLength(64)), z.string().check(z.maxLength(500)))
        .check(
          z.refine(
            (it) => Object.keys(it).length <= LIMITS.attributesPerProduct,
            `At most ${LIMITS.attributesPerProduct} attributes.`,
          ),
        ),
    ),
  }),
  sample: {
    subject: 'teapot',
    data: {
      productId: 'teapot',
      name: 'Cast iron teapot',
      brandId: 'hearth',
      supplierId: 'sup-1',
      categories: ['Home/Kitchen'],
      price: 1299,
      currency: 'EUR',
      availability: 'in_stock',
      attributes: { colour: 'black' },
    },
  },
});
