import * as z from 'zod/mini';
import { sanctionIdSchema } from '../../events/ids.ts';
import { instantSchema } from '../../events/values.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { sanctionAnswer } from './answers.ts';
import { reasonCode, text } from './fields.ts';
import { runCommand } from './run-command.ts';
import type { SanctionStores } from './stores.ts';
import { subjectOf } from './subject-of.ts';

export const postDecision = defineRoute({
  method: 'POST',
  path: '/v1/sanctions/{id}/decision',
  summary:
    'Restricts the brand or the supplier until a day, or dismisses the case: by another person than gave notice.',
  access: { kind: 'service', scopes: ['desk'] },
  pathSchema: z.object({ id: sanctionIdSchema }),
  bodySchema: z
    .strictObject({
      verdict: z.enum(['restrict', 'dismiss']),
      until: z.optional(instantSchema),
      reason: reasonCode,
      text,
    })
    .check(
      z.refine((it) => it.verdict === 'restrict' || it.until === undefined, {
        path: ['until'],
        message: 'A case that is dismissed has no end.',
      }),
    ),
  answers: { 200: { description: 'The case as it stood with the decision.', schema: sanctionAnswer } },
  problems: [
    'invalid_request',
    'subject_required',
    'not_found',
    'too_many_facts',
    'already_decided',
    'same_person',
    'answer_period_running',
    'end_date_required',
    'end_date_not_ahead',
    'end_date_too_far',
    'too_many_restrictions',
    'unavailable',
  ],
  async handle({ path, body, caller, nowMs }, stores: SanctionStores) {
    const { until, ...rest } = body;
    const untilMs = until === undefined ? undefined : Date.parse(until);
    const said = { kind: 'decision', ...rest, untilMs, by: subjectOf(caller) } as const;
    return { status: 200, body: await runCommand({ sanctionId: path.id, said }, { ...stores, nowMs }) };
  },
});
