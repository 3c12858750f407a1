import * as z from 'zod/mini';
import { brandIdSchema, eventIdSchema, sanctionIdSchema, supplierIdSchema } from '../../events/ids.ts';
import { restriction } from '../../events/reputation/restriction.ts';
import { sanctionCauseTypes } from '../../events/reputation/sanction-changed.v1.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { sanctionAnswer } from './answers.ts';
import { reasonCode, text } from './fields.ts';
import { runCommand } from './run-command.ts';
import type { SanctionStores } from './stores.ts';
import { subjectOf } from './subject-of.ts';

type Named = { brandId?: unknown; supplierId?: unknown };
const CAUSES_LIMIT = 20;

const causes = z.array(z.strictObject({ type: z.enum(sanctionCauseTypes), id: eventIdSchema })).check(
  z.minLength(1),
  z.maxLength(CAUSES_LIMIT),
  z.refine((all) => new Set(all.map(({ type, id }) => `${type} ${id}`)).size === all.length, {
    message: 'A cause is named once.',
    params: { code: 'cause_twice' },
  }),
);

export const postSanction = defineRoute({
  method: 'POST',
  path: '/v1/sanctions',
  summary: 'Gives a brand or a supplier notice that it may be restricted, and of what that rests on.',
  access: { kind: 'service', scopes: ['desk'] },
  bodySchema: z
    .strictObject({
      sanctionId: sanctionIdSchema,
      brandId: z.optional(brandIdSchema),
      supplierId: z.optional(supplierIdSchema),
      /** What it may be restricted in. */
      kind: restriction.kind,
      reason: reasonCode,
      causes,
      text,
    })
    .check(
      z.refine<Named>((it) => (it.brandId === undefined) !== (it.supplierId === undefined), {
        message: 'A sanction names a brand or a supplier, and not both.',
        params: { code: 'no_target' },
      }),
    ),
  answers: { 201: { description: 'The case as notice was given, also where it was before.', schema: sanctionAnswer } },
  problems: ['invalid_request', 'subject_required', 'unknown_cause', 'id_reused', 'unavailable'],
  async handle({ body, caller, nowMs }, stores: SanctionStores) {
    const { sanctionId, kind, ...rest } = body;
    const said = { kind: 'notice', restriction: kind, ...rest, by: subjectOf(caller) } as const;
    return { status: 201, body: await runCommand({ sanctionId, said }, { ...stores, nowMs }) };
  },
});
