import { decodeCursor, encodeCursor, listQuerySchema } from '../../shared/runtime/list.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { runsAnswer, runsCursor } from './answers.ts';
import type { LiabilityStores } from './stores.ts';

export const getLiabilityRuns = defineRoute({
  method: 'GET',
  path: '/v1/liability/runs',
  summary: 'How the journal and the accounts compared, run by run, newest first, with the accounts that drift.',
  access: { kind: 'service', scopes: ['admin'] },
  querySchema: listQuerySchema,
  answers: { 200: { description: 'A page of runs.', schema: runsAnswer } },
  problems: ['invalid_request', 'invalid_cursor'],
  async handle({ query }, { liability }: LiabilityStores) {
    const cursor = decodeCursor(runsCursor, query.cursor);
    const { runs, more } = await liability.listRuns({ below: cursor?.below, limit: query.limit });
    const items = runs.map(({ atMs, folded: _, drift, ...run }) => ({
      at: new Date(atMs).toISOString(),
      ...run,
      drift: { accounts: drift.count, listed: drift.listed },
    }));
    const last = more ? runs.at(-1) : undefined;
    return { status: 200, body: { items, ...(last && { nextCursor: encodeCursor({ below: last.atMs }) }) } };
  },
});
