import * as z from 'zod/mini';
import { memberIdSchema } from '../../events/ids.ts';
import type { ProfileStore } from '../../shared/adapters/dynamo/profile-store.ts';
import type { JournalEntry } from '../../shared/domain/loyalty/journal.ts';
import { ledgerPage } from '../../shared/domain/loyalty/ledger.ts';
import { presentMs } from '../../shared/policy/policies.ts';
import { Problem } from '../../shared/runtime/errors.ts';
import { decodeCursor, encodeCursor, listQuerySchema } from '../../shared/runtime/list.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { ledgerAnswer, ledgerCursor } from './answers.ts';
import type { LoyaltyStores } from './stores.ts';
import { withReasons } from './with-reasons.ts';

export const getLedger = defineRoute({
  method: 'GET',
  path: '/v1/members/{id}/ledger',
  summary: "A member's points, movement by movement, newest first; each entry names its cause, its rule and the sum.",
  access: { kind: 'member', scopes: ['members:read'], memberParameter: 'id' },
  pathSchema: z.object({ id: memberIdSchema }),
  querySchema: listQuerySchema,
  answers: { 200: { description: 'A page of the ledger.', schema: ledgerAnswer } },
  problems: ['invalid_request', 'invalid_cursor', 'not_found'],
  async handle({ path, query, nowMs }, stores: LoyaltyStores) {
    const { profile } = stores;
    const [record, policies] = await Promise.all([profile.loadAccount(path.id), stores.policies.load()]);
    if (record === undefined) {
      if (await profile.knowsMember(path.id)) return { status: 200, body: { items: [] } };
      throw new Problem('not_found', 'The shop knows no member of this id.');
    }
    const position = decodeCursor(ledgerCursor, query.cursor);
    const question = { position, limit: query.limit, nowMs: presentMs(policies, nowMs), policies };
    const page = await ledgerPage(record, question, pageReader(profile, path.id, query.limit));
    const items = await withReasons(path.id, page.lines, stores.words);
    return { status: 200, body: { items, ...(page.next && { nextCursor: encodeCursor(page.next) }) } };
  },
});

/** A page of the journal holds about this many entries; it is full when its account fills a kilobyte. */
const ENTRIES_PER_PAGE = 16;

/** Reads pages of the journal from the youngest asked for down, as many at once as the answer will need. */
function pageReader(profile: ProfileStore, memberId: string, limit: number) {
  const ahead = Math.ceil(limit / ENTRIES_PER_PAGE);
  const read = new Map<number, JournalEntry[]>();
  return async (page: number): Promise<JournalEntry[]> => {
    if (!read.has(page)) {
      const numbers = Array.from({ length: Math.min(ahead, page) }, (_, back) => page - back);
      for (const [number, entries] of await profile.loadJournalPages(memberId, numbers)) read.set(number, entries);
    }
    return read.get(page) ?? [];
  };
}
