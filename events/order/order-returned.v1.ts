import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { lineIdSchema, returnIdSchema } from '../ids.ts';
import { LIMITS, reasonSchema } from '../values.ts';
import { orderOwnerFields } from './order-owner.ts';

const data = z
  .object({
    ...orderOwnerFields,
    returnId: returnIdSchema,
    lines: z
      .array(z.object({ lineId: lineIdSchema, quantity: z.int().check(z.gte(1), z.lte(LIMITS.quantity)) }))
      .check(z.minLength(1), z.maxLength(LIMITS.linesPerOrder)),
    reason: z.optional(reasonSchema),
  })
  .check(
    z.refine((it) => new Set(it.lines.map((line) => line.lineId)).size === it.lines.length, {
      path: ['lines'],
      message: 'Two lines share a lineId.',
    }),
  );

export const orderReturned = defineEvent({
  type: 'order.returned.v1',
  family: 'order',
  summary: 'Some or all pieces of an order have come back.',
  data,
  personal: ['reason'],
  sample: {
    subject: 'ord-1',
    data: { orderId: 'ord-1', memberId: 'mem-1', returnId: 'ret-1', lines: [{ lineId: '1', quantity: 1 }] },
  },
});
