import * as z from 'zod/mini';
import { memberIdSchema } from '../../events/ids.ts';
import { presentMs } from '../../shared/policy/policies.ts';
import { Problem } from '../../shared/runtime/errors.ts';
import { decodeCursor, encodeCursor } from '../../shared/runtime/list.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { exportAnswer, exportCursor } from './export-answers.ts';
import { type Part, partsOf } from './export-parts.ts';
import type { ExportStores } from './export-stores.ts';
import { findMember, foundOf } from './find-member.ts';

/** Lambda answers with 6 MB at most; what is read at a time is small beside that. */
const PAGE_BYTES = 2_000_000;
const ITEMS_AT_A_TIME = 25;

export const getExport = defineRoute({
  method: 'GET',
  path: '/v1/members/{id}/export',
  summary: 'Everything the shop keeps of a member, in the clear, by parts; page after page where it is much.',
  access: { kind: 'member', scopes: ['admin'], memberParameter: 'id' },
  pathSchema: z.object({ id: memberIdSchema }),
  querySchema: z.object({ cursor: z.optional(z.string().check(z.minLength(1), z.maxLength(200))) }),
  answers: { 200: { description: 'A page of the export.', schema: exportAnswer } },
  problems: ['invalid_request', 'invalid_cursor', 'not_found'],
  async handle({ path: { id: memberId }, query, nowMs: clockMs }, stores: ExportStores) {
    const start = decodeCursor(exportCursor, query.cursor) ?? { part: 0, at: 0 };
    const [policies, all] = await Promise.all([stores.policies.load(), findMember(memberId, stores, clockMs)]);
    const found = foundOf(all);
    if (found === undefined) throw new Problem('not_found', 'The shop knows no member of this id.');
    const nowMs = presentMs(policies, clockMs);
    const { parts, next } = await page(await partsOf({ memberId, all, found, policies, nowMs }, stores), start);
    const exportedAt = new Date(clockMs).toISOString();
    return { status: 200, body: { memberId, exportedAt, parts, ...(next && { nextCursor: encodeCursor(next) }) } };
  },
});

/** As much as one answer takes, from a place on. Every part that is begun is named, also where it has no items. */
async function page(all: readonly Part[], start: { part: number; at: number }) {
  const parts: { part: string; items: unknown[] }[] = [];
  let bytes = 0;
  for (let index = start.part; index < all.length; index += 1) {
    const { part = '', count = 0, load } = all[index] ?? {};
    const items: unknown[] = [];
    parts.push({ part, items });
    for (let at = index === start.part ? start.at : 0; at < count; at += ITEMS_AT_A_TIME) {
      if (bytes > PAGE_BYTES) return { parts, next: { part: index, at } };
      const loaded = (await load?.(at, at + ITEMS_AT_A_TIME)) ?? [];
      bytes += Buffer.byteLength(JSON.stringify(loaded));
      items.push(...loaded);
    }
  }
  return { parts };
}
