import * as z from 'zod/mini';
import { memberIdSchema, reviewIdSchema } from '../../events/ids.ts';
import { freeTextSchema, LIMITS } from '../../events/values.ts';
import { decideAppeal } from '../../shared/domain/review/decide-review.ts';
import { submissionOf } from '../../shared/domain/review/review-facts.ts';
import type { ReviewRecord } from '../../shared/domain/review/review-record.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { reviewDetailsAnswer } from './answers.ts';
import { commandReview, unknownReview } from './command-review.ts';
import type { ReviewStores } from './stores.ts';

export const postAppeal = defineRoute({
  method: 'POST',
  path: '/v1/members/{id}/reviews/{reviewId}/appeal',
  summary: 'Asks for another look at a rejected review; another person decides.',
  access: { kind: 'member', scopes: ['members:write', 'desk'], memberParameter: 'id' },
  pathSchema: z.object({ id: memberIdSchema, reviewId: reviewIdSchema }),
  bodySchema: z.strictObject({ reason: z.optional(freeTextSchema(LIMITS.textLength)) }),
  answers: { 200: { description: 'The review with its appeal.', schema: reviewDetailsAnswer } },
  problems: ['invalid_request', 'not_found', 'not_rejected', 'already_appealed', 'too_many_facts'],
  async handle({ path, body, nowMs }, stores: ReviewStores) {
    const decide = (record: ReviewRecord) => {
      if (submissionOf(record.facts)?.data.memberId !== path.id) throw unknownReview();
      return decideAppeal(record, nowMs);
    };
    return await commandReview(path.reviewId, stores, decide, { reason: body.reason });
  },
});
