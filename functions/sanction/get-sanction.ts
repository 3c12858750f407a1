import * as z from 'zod/mini';
import { sanctionIdSchema } from '../../events/ids.ts';
import { openSanction } from '../../shared/domain/sanction/sanction.ts';
import { sanctionView } from '../../shared/domain/sanction/sanction-view.ts';
import { Problem } from '../../shared/runtime/errors.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { sanctionAnswer } from './answers.ts';
import type { SanctionStores } from './stores.ts';
import { wordsOf } from './words-of.ts';

export const getSanction = defineRoute({
  method: 'GET',
  path: '/v1/sanctions/{id}',
  summary: 'A case against a brand or a supplier: what it rests on, where it stands, and how it came to that.',
  access: { kind: 'service', scopes: ['desk'] },
  pathSchema: z.object({ id: sanctionIdSchema }),
  answers: { 200: { description: 'The case with its history.', schema: sanctionAnswer } },
  problems: ['invalid_request', 'not_found'],
  async handle({ path, nowMs }, { sanctions, words }: SanctionStores) {
    const record = await sanctions.load(path.id);
    const sanction = openSanction(record);
    if (sanction === undefined) throw new Problem('not_found', 'There is no case of this id.');
    return { status: 200, body: sanctionView(sanction, await wordsOf(record, words), nowMs) };
  },
});
