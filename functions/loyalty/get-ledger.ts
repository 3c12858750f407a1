import * as z from 'zod/mini';
import { memberIdSchema } from '../../events/ids.ts';
import { ledgerPage } from '../../shared/domain/loyalty/ledger.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import { Problem } from '../../shared/runtime/errors.ts';
import { decodeCursor, encodeCursor, listQuerySchema } from '../../shared/runtime/list.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { ledgerAnswer, ledgerCursor } from './answers.ts';
import type { LoyaltyStores } from './stores.ts';

export const getLedger = defineRoute({
  method: 'GET',
  path: '/v1/members/{id}/ledger',
  summary: "A member's points, movement by movement, newest first; each entry names its cause, its rule and the sum.",
  access: { kind: 'member', scopes: ['members:read'], memberParameter: 'id' },
  pathSchema: z.object({ id: memberIdSchema }),
  querySchema: listQuerySchema,
  answers: { 200: { description: 'A page of the ledger.', schema: ledgerAnswer } },
  problems: ['invalid_request', 'invalid_cursor', 'not_found'],
  async handle({ path, query, nowMs }, { profile }: LoyaltyStores) {
    const record = await profile.loadAccount(path.id);
    if (record === undefined) {
      if (await profile.knowsMember(path.id)) return { status: 200, body: { items: [] } };
      throw new Problem('not_found', 'The shop knows no member of this id.');
    }
    const position = decodeCursor(ledgerCursor, query.cursor);
    const question = { position, limit: query.limit, nowMs, policy: currentPolicy };
    const page = await ledgerPage(record, question, async (number) => {
      return (await profile.loadJournalPage(path.id, number)) ?? [];
    });
    return {
      status: 200,
      body: { items: page.lines, ...(page.next && { nextCursor: encodeCursor(page.next) }) },
    };
  },
});
