import * as z from 'zod/mini';
import { dayAfter } from '../../shared/domain/liability/day-rows.ts';
import { decodeCursor, encodeCursor, listQuerySchema } from '../../shared/runtime/list.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { answerRevision } from './answer-revision.ts';
import { daySchema, daysAnswer, daysCursor } from './answers.ts';
import type { LiabilityStores } from './stores.ts';

const FIRST = '0000-01-01';
const LAST = '9999-12-31';

const inOrder = z.refine<{ from?: string | undefined; to?: string | undefined }>(
  ({ from = FIRST, to = LAST }) => from <= to,
  { path: ['from'], error: 'The first day lies after the last one.' },
);

export const getLiability = defineRoute({
  method: 'GET',
  path: '/v1/liability',
  summary: 'The liability journal, one row for each day that has ended, newest first: what moved, what is outstanding.',
  access: { kind: 'service', scopes: ['admin'] },
  querySchema: z.extend(listQuerySchema, { from: z.optional(daySchema), to: z.optional(daySchema) }).check(inOrder),
  answers: { 200: { description: 'A page of days, each as it is known now.', schema: daysAnswer } },
  problems: ['invalid_request', 'invalid_cursor'],
  async handle({ query }, { liability, policies: source }: LiabilityStores) {
    const { from = FIRST, limit } = query;
    const cursor = decodeCursor(daysCursor, query.cursor);
    const to = cursor === undefined ? (query.to ?? LAST) : dayAfter(cursor.before, -1);
    const [page, policies] = await Promise.all([liability.listDays({ from, to, limit }), source.load()]);
    const items = page.revisions.map((revision) => answerRevision(revision, policies));
    const last = page.more ? items.at(-1) : undefined;
    return { status: 200, body: { items, ...(last && { nextCursor: encodeCursor({ before: last.day }) }) } };
  },
});
