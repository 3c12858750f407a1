import * as z from 'zod/mini';
import { anonymousIdSchema, memberIdSchema, orderIdSchema } from '../ids.ts';

/** What every event of an order says of whose order it is: a member, an anonymous visitor, or (neither) a guest. */
export const orderOwnerFields = {
  orderId: orderIdSchema,
  memberId: z.optional(memberIdSchema),
  anonymousId: z.optional(anonymousIdSchema),
};
