import * as z from 'zod/mini';
import { defineEvent } from '../define-event.ts';
import { memberIdSchema } from '../ids.ts';
import { consentsSchema, statementVersionSchema } from '../values.ts';

export const memberConsentChanged = defineEvent({
  type: 'member.consent_changed.v1',
  family: 'member',
  summary: 'A member has given or withdrawn consent for a purpose.',
  data: z.object({
    memberId: memberIdSchema,
    consents: consentsSchema,
    statementVersion: z.optional(statementVersionSchema),
  }),
  sample: {
    subject: 'mem-1',
    data: { memberId: 'mem-1', consents: { marketing: true }, statementVersion: '2026-01' },
  },
});
