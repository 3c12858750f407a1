import * as z from 'zod/mini';
import { brandIdSchema, lineIdSchema, productIdSchema, supplierIdSchema } from '../ids.ts';
import { categorySchema, LIMITS, moneySchema } from '../values.ts';

/** A line of an order, or of a basket that may become one. */
export const orderLineFields = {
  lineId: lineIdSchema,
  productId: productIdSchema,
  quantity: z.int().check(z.gte(1), z.lte(LIMITS.quantity)),
  unitPrice: moneySchema(LIMITS.unitPrice),
  /** Of the whole line, not of a piece. */
  discount: z.optional(moneySchema()),
  brandId: z.optional(brandIdSchema),
  supplierId: z.optional(supplierIdSchema),
  category: z.optional(categorySchema),
};

type Amounts = { quantity: number; unitPrice: number; discount?: number | undefined };

/** A discount is at most what the line costs. */
export const discountWithinLine = z.refine<Amounts>((line) => (line.discount ?? 0) <= line.quantity * line.unitPrice, {
  path: ['discount'],
  message: 'A discount cannot be more than the line costs.',
});

/** No two lines share an id. */
export const ownLineIds = z.refine<{ lines: readonly { lineId: string }[] }>(
  ({ lines }) => new Set(lines.map((it) => it.lineId)).size === lines.length,
  { path: ['lines'], message: 'Two lines share a lineId.' },
);

/** The sum of the nets stays where sums are exact. */
export const netWithinLimit = z.refine<{ lines: readonly Amounts[] }>(
  ({ lines }) => lines.reduce((sum, it) => sum + it.quantity * it.unitPrice - (it.discount ?? 0), 0) <= LIMITS.orderNet,
  { path: ['lines'], message: `An order's net is at most ${LIMITS.orderNet} minor units.` },
);
