import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { brandIdSchema, sanctionIdSchema, supplierIdSchema } from '../ids.ts';
import { instantSchema } from '../values.ts';
import { causeSchema } from './review-outcome.ts';

export const sanctionStates = [
  'noticed',
  'answered',
  'unanswered',
  'dismissed',
  'restricted',
  'appealed',
  'upheld',
  'lifted',
  'ended',
] as const;

export const sanctionSteps = [
  'notice',
  'answer',
  'answer_period_over',
  'decision',
  'appeal',
  'appeal_decision',
  'end',
] as const;

/** What a case rests on: facts that the shop has. */
export const sanctionCauseTypes = ['complaint', 'inspection', 'review'] as const;

export const sanctionChanged = defineEvent({
  type: 'sanction.changed.v1',
  family: 'reputation',
  direction: 'out',
  summary:
    'A case against a brand or a supplier has come a step further; what was written about it stays with the shop.',
  data: z.object({
    sanctionId: sanctionIdSchema,
    /** One of the two is named. */
    brandId: z.optional(brandIdSchema),
    supplierId: z.optional(supplierIdSchema),
    step: z.enum(sanctionSteps),
    /** Where the case stood with the step. */
    state: z.enum(sanctionStates),
    at: instantSchema,
    /** Who took the step, or `clock`. */
    by: z.string(),
    cause: causeSchema,
    /** What the case rests on. */
    restsOn: z.array(z.object({ type: z.enum(sanctionCauseTypes), id: z.string() })),
    policyVersion: z.string(),
  }),
  sample: {
    subject: 'san-1',
    data: {
      sanctionId: 'san-1',
      brandId: 'hearth',
      step: 'notice',
      state: 'noticed',
      at: '2026-01-20T10:00:00Z',
      by: 'desk-carl',
      cause: { eventId: 'command/notice/aGFzaA', type: 'sanction.notice', subject: 'san-1' },
      restsOn: [{ type: 'complaint', id: 'cmp-1' }],
      policyVersion: '1',
    },
  },
});
