import * as z from 'zod/mini';
import { actorSchema } from '../../events/complaint/complaint-target.ts';
import { reviewIdSchema } from '../../events/ids.ts';
import { decideReview } from '../../shared/domain/review/decide-review.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { reviewDetailsAnswer } from './answers.ts';
import { commandReview } from './command-review.ts';
import type { ReviewStores } from './stores.ts';

/** Why the desk decides as it does, as a stable code; a shop may have codes of its own. */
const reasonSchema = z.string().check(z.regex(/^[a-z][a-z0-9_]{0,63}$/, 'A lower-case code such as fake_review.'));

export const postDecision = defineRoute({
  method: 'POST',
  path: '/v1/desk/reviews/{id}/decision',
  summary: 'Publishes or rejects a review, held or not; everything that hangs on it follows.',
  access: { kind: 'service', scopes: ['desk'] },
  pathSchema: z.object({ id: reviewIdSchema }),
  bodySchema: z.strictObject({
    verdict: z.enum(['publish', 'reject']),
    reason: reasonSchema,
    /** Who decides, where the token is not that person's own. */
    actor: z.optional(actorSchema),
  }),
  answers: { 200: { description: 'The review as decided.', schema: reviewDetailsAnswer } },
  problems: ['invalid_request', 'not_found', 'already_decided', 'same_person', 'too_many_facts'],
  async handle({ path, body, caller, nowMs }, stores: ReviewStores) {
    const { verdict, reason, actor } = body;
    const by = actor ?? (caller.kind === 'service' ? caller.subject : undefined) ?? 'desk';
    return await commandReview(path.id, stores, (record) => decideReview(record, { verdict, reason, by, nowMs }));
  },
});
