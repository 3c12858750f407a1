import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { brandIdSchema, inspectionIdSchema, productIdSchema, supplierIdSchema } from '../ids.ts';

/** Pieces of one inspection. */
const PIECES_LIMIT = 1_000_000;

const data = z
  .object({
    inspectionId: inspectionIdSchema,
    productId: z.optional(productIdSchema),
    brandId: z.optional(brandIdSchema),
    supplierId: z.optional(supplierIdSchema),
    /** Pieces looked at, and how many of them failed. */
    sampled: z.int().check(z.gte(1), z.lte(PIECES_LIMIT)),
    failed: z.int().check(z.gte(0), z.lte(PIECES_LIMIT)),
    /** The inspector's own mark. */
    score: z.optional(z.number().check(z.gte(0), z.lte(100))),
  })
  .check(
    z.refine((it) => it.failed <= it.sampled, {
      path: ['failed'],
      message: 'More pieces failed than were looked at.',
      params: { code: 'failed_exceeds_sampled' },
    }),
    z.refine((it) => it.productId !== undefined || it.brandId !== undefined || it.supplierId !== undefined, {
      message: 'An inspection names a product, a brand or a supplier.',
      params: { code: 'no_target' },
    }),
  );

export const inspectionCompleted = defineEvent({
  type: 'inspection.completed.v1',
  family: 'quality',
  summary: 'Pieces of a product, brand or supplier have been inspected.',
  data,
  sample: {
    subject: 'insp-1',
    data: { inspectionId: 'insp-1', productId: 'teapot', supplierId: 'sup-1', sampled: 50, failed: 1, score: 97 },
  },
});
