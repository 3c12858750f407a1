import * as z from 'zod/mini';
import { deskOrder } from '../../shared/domain/loyalty/desk-order.ts';
import { decodeCursor, encodeCursor, listQuerySchema } from '../../shared/runtime/list.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { deskOrderState, deskOrdersAnswer, deskOrdersCursor } from './answers.ts';
import type { LoyaltyStores } from './stores.ts';

const HOUR_MS = 3_600_000;
/** A return that comes before its order is ordinary disorder for a day; a contradiction is not for a moment. */
const DEFAULT_HOURS = { waiting: 24, refused: 0 } as const;

export const getDeskOrders = defineRoute({
  method: 'GET',
  path: '/v1/desk/orders',
  summary: 'Orders that need a person, longest first: known by later facts alone, or with a fact that was refused.',
  access: { kind: 'service', scopes: ['desk'] },
  querySchema: z.extend(listQuerySchema, {
    state: deskOrderState,
    olderThanHours: z.optional(z.coerce.number().check(z.int(), z.gte(0), z.lte(87_600))),
  }),
  answers: { 200: { description: 'A page of them.', schema: deskOrdersAnswer } },
  problems: ['invalid_request', 'invalid_cursor'],
  async handle({ query, nowMs }, { profile }: LoyaltyStores) {
    const { state, limit } = query;
    const hours = query.olderThanHours ?? DEFAULT_HOURS[state];
    const cursor = decodeCursor(deskOrdersCursor.check(z.refine((it) => it.state === state)), query.cursor);
    const until = new Date(nowMs - hours * HOUR_MS).toISOString();
    const { orders, next } = await profile.loadAttention({ state, until, limit, position: cursor?.position });
    const items = orders.filter((order) => order.attention?.state === state).map(deskOrder);
    return { status: 200, body: { items, ...(next && { nextCursor: encodeCursor({ state, position: next }) }) } };
  },
});
