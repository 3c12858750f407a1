import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import {
  brandIdSchema,
  couponIdSchema,
  lineIdSchema,
  productIdSchema,
  redemptionIdSchema,
  supplierIdSchema,
} from '../ids.ts';
import { categorySchema, channelSchema, currencySchema, LIMITS, moneySchema } from '../values.ts';
import { orderOwnerFields } from './order-owner.ts';

const line = z
  .object({
    lineId: lineIdSchema,
    productId: productIdSchema,
    quantity: z.int().check(z.gte(1), z.lte(LIMITS.quantity)),
    unitPrice: moneySchema(LIMITS.unitPrice),
    /** Of the whole line, not of a piece. */
    discount: z.optional(moneySchema()),
    brandId: z.optional(brandIdSchema),
    supplierId: z.optional(supplierIdSchema),
    category: z.optional(categorySchema),
  })
  .check(
    z.refine((it) => (it.discount ?? 0) <= it.quantity * it.unitPrice, {
      path: ['discount'],
      message: 'A discount cannot be more than the line costs.',
    }),
  );

const data = z
  .object({
    ...orderOwnerFields,
    channel: z.optional(channelSchema),
    currency: currencySchema,
    lines: z.array(line).check(z.minLength(1), z.maxLength(LIMITS.linesPerOrder)),
    shipping: z.optional(moneySchema()),
    tax: z.optional(moneySchema()),
    redemptionId: z.optional(redemptionIdSchema),
    couponIds: z.optional(z.array(couponIdSchema).check(z.maxLength(LIMITS.couponsPerOrder))),
  })
  .check(
    z.refine((order) => new Set(order.lines.map((it) => it.lineId)).size === order.lines.length, {
      path: ['lines'],
      message: 'Two lines share a lineId.',
    }),
    z.refine(
      (order) =>
        order.lines.reduce((sum, it) => sum + it.quantity * it.unitPrice - (it.discount ?? 0), 0) <= LIMITS.orderNet,
      { path: ['lines'], message: `An order's net is at most ${LIMITS.orderNet} minor units.` },
    ),
  );

export const orderPlaced = defineEvent({
  type: 'order.placed.v1',
  family: 'order',
  summary: 'A member, a visitor or a guest has placed an order.',
  data,
  sample: {
    subject: 'ord-1',
    data: {
      orderId: 'ord-1',
      memberId: 'mem-1',
      channel: 'web',
      currency: 'EUR',
      lines: [
        { lineId: '1', productId: 'teapot', quantity: 2, unitPrice: 1299, brandId: 'hearth', category: 'Home/Kitchen' },
        { lineId: '2', productId: 'oolong', quantity: 1, unitPrice: 850, discount: 50, category: 'Food/Tea' },
      ],
      shipping: 390,
    },
  },
});
