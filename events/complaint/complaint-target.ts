import * as z from 'zod/mini';
import {
  brandIdSchema,
  complaintIdSchema,
  memberIdSchema,
  orderIdSchema,
  productIdSchema,
  supplierIdSchema,
} from '../ids.ts';
import { freeTextSchema } from '../values.ts';

export const complaintCategories = ['quality', 'description', 'delivery', 'service', 'counterfeit', 'other'] as const;
export const complaintSeverities = ['low', 'normal', 'high'] as const;
export const complaintWishes = ['refund', 'return', 'exchange', 'repair', 'apology'] as const;
export const complaintOutcomes = ['upheld', 'rejected', 'withdrawn'] as const;

/** What a complaint says, as an event and as a command. */
export const complaintFields = {
  complaintId: complaintIdSchema,
  memberId: memberIdSchema,
  /** What it is about: at least one of these. */
  brandId: z.optional(brandIdSchema),
  supplierId: z.optional(supplierIdSchema),
  productId: z.optional(productIdSchema),
  orderId: z.optional(orderIdSchema),
  category: z.enum(complaintCategories),
  severity: z.optional(z.enum(complaintSeverities)),
  /** What the member would have done about it. */
  wish: z.optional(z.enum(complaintWishes)),
  text: z.optional(freeTextSchema()),
};

type Named = { brandId?: unknown; supplierId?: unknown; productId?: unknown; orderId?: unknown };

/** Nobody can answer for a complaint about nothing. */
export const namesTarget = z.refine<Named>(
  (it) => [it.brandId, it.supplierId, it.productId, it.orderId].some((id) => id !== undefined),
  { message: 'A complaint names a brand, a supplier, a product or an order.', params: { code: 'no_target' } },
);

/** Who acts for the shop, by an id: never by a name. */
export const actorSchema = z
  .string()
  .check(z.regex(/^[A-Za-z0-9_.:-]{1,128}$/, 'The id of who acts for the shop, which is no e-mail address.'));

export const satisfactionSchema = z.int().check(z.gte(1), z.lte(5));
