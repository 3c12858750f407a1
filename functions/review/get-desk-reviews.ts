import * as z from 'zod/mini';
import { decodeCursor, encodeCursor, listQuerySchema } from '../../shared/runtime/list.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { deskReviewsAnswer, deskReviewsCursor } from './answers.ts';
import { detailsOf } from './details-of.ts';
import type { ReviewStores } from './stores.ts';

export const getDeskReviews = defineRoute({
  method: 'GET',
  path: '/v1/desk/reviews',
  summary: 'Reviews that wait for the desk, longest first, each with what speaks against it.',
  access: { kind: 'service', scopes: ['desk'] },
  querySchema: z.extend(listQuerySchema, { state: z._default(z.literal('held'), 'held') }),
  answers: { 200: { description: 'A page of them.', schema: deskReviewsAnswer } },
  problems: ['invalid_request', 'invalid_cursor'],
  async handle({ query, nowMs }, { reviews, words }: ReviewStores) {
    const position = decodeCursor(deskReviewsCursor, query.cursor)?.position;
    const until = new Date(nowMs).toISOString();
    const found = await reviews.loadHeld({ until, limit: query.limit, position });
    // The index follows the table by a moment; what has been decided since is left out.
    const held = found.reviews.filter(({ record }) => record.standing?.state === 'held');
    const items = await detailsOf(words, held);
    return { status: 200, body: { items, ...(found.next && { nextCursor: encodeCursor({ position: found.next }) }) } };
  },
});
