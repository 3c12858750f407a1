import * as z from 'zod/mini';
import { openSanction } from '../../shared/domain/sanction/sanction.ts';
import { sanctionAttention } from '../../shared/domain/sanction/sanction-attention.ts';
import { sanctionSummary } from '../../shared/domain/sanction/sanction-view.ts';
import { decodeCursor, encodeCursor, listQuerySchema } from '../../shared/runtime/list.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { deskSanctionState, deskSanctionsAnswer, deskSanctionsCursor } from './answers.ts';
import type { SanctionStores } from './stores.ts';

const ATTENTION = {
  open: 'sanction',
  decidable: 'sanction',
  appealed: 'sanction_appeal',
  restricted: 'sanction_restricted',
} as const;
/** What lies ahead is asked for too. */
const EVER = '9999-12-31T23:59:59.999Z';

export const getDeskSanctions = defineRoute({
  method: 'GET',
  path: '/v1/desk/sanctions',
  summary:
    'Cases, most urgent first: all that are to be decided, those of them that can be by now, appeals that wait, and restrictions by their end.',
  access: { kind: 'service', scopes: ['desk'] },
  querySchema: z.extend(listQuerySchema, { state: z._default(deskSanctionState, 'open') }),
  answers: { 200: { description: 'A page of them.', schema: deskSanctionsAnswer } },
  problems: ['invalid_request', 'invalid_cursor'],
  async handle({ query, nowMs }, { sanctions }: SanctionStores) {
    const { state, limit } = query;
    const cursor = decodeCursor(deskSanctionsCursor.check(z.refine((it) => it.state === state)), query.cursor);
    const until = state === 'decidable' ? new Date(nowMs).toISOString() : EVER;
    const question = { state: ATTENTION[state], until, limit, position: cursor?.position };
    const { sanctions: found, next } = await sanctions.loadAttention(question);
    // The index is a little behind, and so is the mark of what has ended: what is over meanwhile is left out.
    const items = found.flatMap((record) => {
      const [sanction, attention] = [openSanction(record), sanctionAttention(record)];
      if (sanction === undefined || attention?.state !== ATTENTION[state]) return [];
      if (state === 'decidable' && attention.sinceMs > nowMs) return [];
      if (state === 'restricted' && attention.sinceMs <= nowMs) return [];
      return [{ ...sanctionSummary(sanction, nowMs), since: new Date(attention.sinceMs).toISOString() }];
    });
    return { status: 200, body: { items, ...(next && { nextCursor: encodeCursor({ state, position: next }) }) } };
  },
});
