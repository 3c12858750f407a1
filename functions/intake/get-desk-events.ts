import * as z from 'zod/mini';
import type { Refusal } from '../../shared/adapters/dynamo/inbox-store.ts';
import { decodeCursor, encodeCursor, listQuerySchema } from '../../shared/runtime/list.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { deskAnswer, deskCursor, deskState } from './answers.ts';
import type { IntakeStores } from './stores.ts';

const HOUR_MS = 3_600_000;
/** A fact that waits for its order is the shop's ordinary disorder for a day; a refused event is not for a moment. */
const DEFAULT_HOURS = { waiting: 24, refused: 0 } as const;

export const getDeskEvents = defineRoute({
  method: 'GET',
  path: '/v1/desk/events',
  summary: 'Events that need a person: facts of orders never seen, and refused events. Longest waiting first.',
  access: { kind: 'service', scopes: ['desk'] },
  querySchema: z.extend(listQuerySchema, {
    state: deskState,
    olderThanHours: z.optional(z.coerce.number().check(z.int(), z.gte(0), z.lte(87_600))),
  }),
  answers: {
    200: {
      description: 'A page of them.',
      schema: deskAnswer,
      example: { items: [{ state: 'waiting', since: '2026-01-05T10:00:00.000Z', orderId: 'ord-1' }] },
    },
  },
  problems: ['invalid_request', 'invalid_cursor'],
  async handle({ query, nowMs }, { inbox, waiting }: IntakeStores) {
    const hours = query.olderThanHours ?? DEFAULT_HOURS[query.state];
    const cursor = decodeCursor(deskCursor.check(z.refine((it) => it.state === query.state)), query.cursor);
    const question = {
      until: new Date(nowMs - hours * HOUR_MS).toISOString(),
      limit: query.limit,
      position: cursor?.position,
    };
    const { items, next } =
      query.state === 'waiting' ? await waiting.page(question) : refusedPage(await inbox.refusals(question));
    const nextCursor = next && encodeCursor({ state: query.state, position: next });
    const body = { items: items.map((item) => ({ state: query.state, ...item })), ...(nextCursor && { nextCursor }) };
    return { status: 200, body };
  },
});

type RefusalPage = Awaited<ReturnType<IntakeStores['inbox']['refusals']>>;

/** The event is shown as the JSON it is; its hash means nothing to the desk. */
function refusedPage({ items, next }: RefusalPage) {
  const show = ({ content, contentHash: _, ...shown }: Refusal) => ({
    ...shown,
    content: JSON.parse(content) as unknown,
  });
  return { items: items.map(show), next };
}
