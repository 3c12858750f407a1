import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { orderOwnerFields } from './order-owner.ts';

export const orderCompleted = defineEvent({
  type: 'order.completed.v1',
  family: 'order',
  summary: 'An order has been delivered; its return window starts at the time of this event.',
  data: z.object(orderOwnerFields),
  sample: { subject: 'ord-1', data: { orderId: 'ord-1', memberId: 'mem-1' } },
});
