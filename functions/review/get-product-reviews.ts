import * as z from 'zod/mini';
import { productIdSchema } from '../../events/ids.ts';
import { loadVoices } from '../../shared/adapters/vault/voices.ts';
import { publicReview } from '../../shared/domain/review/review-view.ts';
import { decodeCursor, encodeCursor, listQuerySchema } from '../../shared/runtime/list.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { listedPage } from './listed-page.ts';
import { publicReviewsAnswer, reviewsCursor } from './public-answers.ts';
import type { ReviewStores } from './stores.ts';

export const getProductReviews = defineRoute({
  method: 'GET',
  path: '/v1/products/{id}/reviews',
  summary: 'The published reviews of a product, the most helpful or the newest first.',
  access: { kind: 'public' },
  pathSchema: z.object({ id: productIdSchema }),
  querySchema: z.extend(listQuerySchema, { sort: z._default(z.enum(['helpful', 'newest']), 'newest') }),
  answers: { 200: { description: 'A page of them.', schema: publicReviewsAnswer } },
  problems: ['invalid_request', 'invalid_cursor'],
  async handle({ path, query }, { reviews, vault }: ReviewStores) {
    const { sort, limit } = query;
    const position = decodeCursor(reviewsCursor.check(z.refine((it) => it.sort === sort)), query.cursor);
    const { rows, next } = await listedPage(reviews, path.id, { sort, limit, position });
    const voices = await loadVoices(vault, rows);
    const items = rows.map((row) => publicReview(row, voices));
    return { status: 200, body: { items, ...(next && { nextCursor: encodeCursor({ sort, ...next }) }) } };
  },
});
