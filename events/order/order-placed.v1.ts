import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { couponIdSchema, redemptionIdSchema } from '../ids.ts';
import { channelSchema, currencySchema, LIMITS, moneySchema } from '../values.ts';
import { discountWithinLine, netWithinLimit, orderLineFields, ownLineIds } from './order-line.ts';
import { orderOwnerFields } from './order-owner.ts';

const data = z
  .object({
    ...orderOwnerFields,
    channel: z.optional(channelSchema),
    currency: currencySchema,
    lines: z
      .array(z.object(orderLineFields).check(discountWithinLine))
      .check(z.minLength(1), z.maxLength(LIMITS.linesPerOrder)),
    shipping: z.optional(moneySchema()),
    tax: z.optional(moneySchema()),
    redemptionId: z.optional(redemptionIdSchema),
    couponIds: z.optional(z.array(couponIdSchema).check(z.maxLength(LIMITS.couponsPerOrder))),
  })
  .check(ownLineIds, netWithinLimit);

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
