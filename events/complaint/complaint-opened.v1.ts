import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { complaintFields, namesTarget } from './complaint-target.ts';

export const complaintOpened = defineEvent({
  type: 'complaint.opened.v1',
  family: 'complaint',
  summary: 'A member complains about a brand, a supplier, a product or an order.',
  data: z.object(complaintFields).check(namesTarget),
  personal: ['text'],
  sample: {
    subject: 'cmp-1',
    data: {
      complaintId: 'cmp-1',
      memberId: 'mem-1',
      productId: 'teapot',
      orderId: 'ord-1',
      category: 'quality',
      severity: 'normal',
      wish: 'exchange',
      text: 'The handle came off on the second day.',
    },
  },
});
