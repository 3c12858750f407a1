import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { reasonSchema } from '../values.ts';
import { orderOwnerFields } from './order-owner.ts';

export const orderCancelled = defineEvent({
  type: 'order.cancelled.v1',
  family: 'order',
  summary: 'An order has been cancelled as a whole.',
  data: z.object({ ...orderOwnerFields, reason: z.optional(reasonSchema) }),
  personal: ['reason'],
  sample: { subject: 'ord-1', data: { orderId: 'ord-1', memberId: 'mem-1', reason: 'changed my mind' } },
});
