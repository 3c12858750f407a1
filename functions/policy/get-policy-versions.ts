import { decodeCursor, encodeCursor, listQuerySchema } from '../../shared/runtime/list.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { policyVersionsAnswer, policyVersionsCursor, since } from './answers.ts';
import type { PolicyStores } from './stores.ts';

export const getPolicyVersions = defineRoute({
  method: 'GET',
  path: '/v1/policy/versions',
  summary: 'Every policy the shop has had, newest first: since when, and who put it and why.',
  access: { kind: 'service', scopes: ['admin'] },
  querySchema: listQuerySchema,
  answers: { 200: { description: 'A page of them.', schema: policyVersionsAnswer } },
  problems: ['invalid_request', 'invalid_cursor'],
  async handle({ query }, { policies, versions }: PolicyStores) {
    const cursor = decodeCursor(policyVersionsCursor, query.cursor);
    const numbered = (await policies.load()).map((version, index) => ({ number: index + 1, version }));
    const older = numbered.filter(({ number }) => number < (cursor?.below ?? Number.POSITIVE_INFINITY)).reverse();
    const page = older.slice(0, query.limit);
    const audits = await versions.loadAudits(page.map(({ number }) => number));
    const items = page.map(({ number, version }) => {
      const { atMs, by, reason } = audits.get(number) ?? {};
      const putAt = atMs === undefined ? undefined : new Date(atMs).toISOString();
      return { number, version: version.policy.stamp, ...since(version), putAt, by, reason };
    });
    const last = page.at(-1);
    const nextCursor = older.length > page.length && last && encodeCursor({ below: last.number });
    return { status: 200, body: { items, ...(nextCursor && { nextCursor }) } };
  },
});
