import * as z from 'zod/mini';
import { reviewIdSchema } from '../../events/ids.ts';
import { Problem } from '../../shared/runtime/errors.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { reviewDetailsAnswer } from './answers.ts';
import { detailsOf } from './details-of.ts';
import type { ReviewStores } from './stores.ts';

export const getDeskReview = defineRoute({
  method: 'GET',
  path: '/v1/desk/reviews/{id}',
  summary: 'A review with all that is known of it: where it stands, why, and its history.',
  access: { kind: 'service', scopes: ['desk'] },
  pathSchema: z.object({ id: reviewIdSchema }),
  answers: { 200: { description: 'The review.', schema: reviewDetailsAnswer } },
  problems: ['invalid_request', 'not_found'],
  async handle({ path }, { reviews, words }: ReviewStores) {
    const found = (await reviews.load([path.id])).filter(({ record }) => record.version > 0);
    const [body] = await detailsOf(words, found);
    if (body === undefined) throw new Problem('not_found', 'There is no such review.');
    return { status: 200, body };
  },
});
