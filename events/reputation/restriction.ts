import * as z from 'zod/mini';
import { brandIdSchema, sanctionIdSchema, supplierIdSchema } from '../ids.ts';
import { instantSchema } from '../values.ts';
import { causeSchema } from './review-outcome.ts';

/** What the events about a restriction of a brand or of a supplier have in common; one of the two is named. */
export const restriction = {
  sanctionId: sanctionIdSchema,
  brandId: z.optional(brandIdSchema),
  supplierId: z.optional(supplierIdSchema),
  /** `ranking`: shown after others; `sales_limit`: sells less, as the shop arranges. */
  kind: z.enum(['ranking', 'sales_limit']),
  at: instantSchema,
  until: z.optional(instantSchema),
  reason: z.optional(z.string()),
  cause: causeSchema,
  policyVersion: z.string(),
};

export const restrictionSample = {
  sanctionId: 'san-1',
  brandId: 'hearth',
  kind: 'ranking' as const,
  at: '2026-02-01T10:00:00Z',
  until: '2026-03-03T10:00:00Z',
  reason: 'upheld_complaints',
  cause: { eventId: 'san-1:decision', type: 'sanction.decision', subject: 'san-1' },
  policyVersion: '1',
};
