import * as z from 'zod/mini';
import type { Refusal } from '../../shared/adapters/dynamo/inbox-store.ts';
import { decodeCursor, encodeCursor, listQuerySchema } from '../../shared/runtime/list.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { deskAnswer, deskCursor } from './answers.ts';
import type { IntakeStores } from './stores.ts';

const HOUR_MS = 3_600_000;

export const getDeskEvents = defineRoute({
  method: 'GET',
  path: '/v1/desk/events',
  summary: 'Events that were refused because their id stands for other content. Longest waiting first.',
  access: { kind: 'service', scopes: ['desk'] },
  querySchema: z.extend(listQuerySchema, {
    olderThanHours: z._default(z.coerce.number().check(z.int(), z.gte(0), z.lte(87_600)), 0),
  }),
  answers: { 200: { description: 'A page of them.', schema: deskAnswer } },
  problems: ['invalid_request', 'invalid_cursor'],
  async handle({ query, nowMs }, { inbox }: IntakeStores) {
    const cursor = decodeCursor(deskCursor, query.cursor);
    const until = new Date(nowMs - query.olderThanHours * HOUR_MS).toISOString();
    const { items, next } = await inbox.refusals({ until, limit: query.limit, position: cursor?.position });
    const nextCursor = next && encodeCursor({ position: next });
    return { status: 200, body: { items: items.map(show), ...(nextCursor && { nextCursor }) } };
  },
});

/** The event is shown as the JSON it is; its hash means nothing to the desk. */
function show({ content, contentHash: _, ...shown }: Refusal) {
  return { ...shown, content: JSON.parse(content) as unknown };
}
