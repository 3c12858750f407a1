import * as z from 'zod/mini';
import { memberIdSchema } from '../../events/ids.ts';
import { decodeCursor, encodeCursor, listQuerySchema } from '../../shared/runtime/list.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { memberReviewsAnswer } from './answers.ts';
import { detailsOf } from './details-of.ts';
import type { ReviewStores } from './stores.ts';

const positionSchema = z.object({ place: z.int().check(z.gte(0)) });

export const getMemberReviews = defineRoute({
  method: 'GET',
  path: '/v1/members/{id}/reviews',
  summary: "A member's own reviews, newest first, each with where it stands and why.",
  access: { kind: 'member', scopes: ['members:read', 'desk'], memberParameter: 'id' },
  pathSchema: z.object({ id: memberIdSchema }),
  querySchema: listQuerySchema,
  answers: { 200: { description: 'A page of them.', schema: memberReviewsAnswer } },
  problems: ['invalid_request', 'invalid_cursor'],
  async handle({ path, query }, { reviewers, reviews, words }: ReviewStores) {
    const rows = (await reviewers.load(path.id))?.rows ?? [];
    // Places count from the oldest, so that a review that is written meanwhile moves nothing.
    const to = Math.min(decodeCursor(positionSchema, query.cursor)?.place ?? rows.length, rows.length);
    const from = Math.max(0, to - query.limit);
    const ids = rows.slice(from, to).map(({ reviewId }) => reviewId);
    const items = await detailsOf(words, await reviews.load(ids.reverse()));
    return { status: 200, body: { items, ...(from > 0 && { nextCursor: encodeCursor({ place: from }) }) } };
  },
});
