import * as z from 'zod/mini';
import { Problem } from '../../shared/runtime/errors.ts';
import { decodeCursor, encodeCursor, listQuerySchema } from '../../shared/runtime/list.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { answerRevision } from './answer-revision.ts';
import { daySchema, daysAnswer, revisionsCursor } from './answers.ts';
import type { LiabilityStores } from './stores.ts';

export const getLiabilityDay = defineRoute({
  method: 'GET',
  path: '/v1/liability/{day}',
  summary: 'Every revision of one day of the liability journal, newest first: when it was written, and why.',
  access: { kind: 'service', scopes: ['admin'] },
  pathSchema: z.object({ day: daySchema }),
  querySchema: listQuerySchema,
  answers: { 200: { description: 'A page of revisions.', schema: daysAnswer } },
  problems: ['invalid_request', 'invalid_cursor', 'not_found'],
  async handle({ path, query }, { liability, policies: source }: LiabilityStores) {
    const cursor = decodeCursor(revisionsCursor, query.cursor);
    const stretch = { below: cursor?.below, limit: query.limit };
    const [page, policies] = await Promise.all([liability.listRevisions(path.day, stretch), source.load()]);
    if (page.revisions.length === 0 && cursor === undefined) {
      throw new Problem('not_found', 'The journal has no row of this day: it has not ended, or nothing had moved yet.');
    }
    const items = page.revisions.map((revision) => answerRevision(revision, policies));
    const last = page.more ? items.at(-1) : undefined;
    return { status: 200, body: { items, ...(last && { nextCursor: encodeCursor({ below: last.revision }) }) } };
  },
});
