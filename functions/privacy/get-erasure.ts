import * as z from 'zod/mini';
import { memberIdSchema } from '../../events/ids.ts';
import { Problem } from '../../shared/runtime/errors.ts';
import { defineRoute } from '../../shared/runtime/route.ts';
import { receiptAnswer } from './answers.ts';
import { shown } from './delete-member.ts';
import type { ErasureStores } from './stores.ts';

export const getErasure = defineRoute({
  method: 'GET',
  path: '/v1/members/{id}/erasure',
  summary: 'The receipt of a member who has been erased.',
  access: { kind: 'service', scopes: ['admin'] },
  admitsErased: true,
  pathSchema: z.object({ id: memberIdSchema }),
  answers: { 200: { description: 'The receipt.', schema: receiptAnswer } },
  problems: ['invalid_request', 'not_found'],
  async handle({ path }, { erasures }: Pick<ErasureStores, 'erasures'>) {
    const receipt = await erasures.load(path.id);
    if (receipt === undefined) throw new Problem('not_found', 'No member of this id has been erased.');
    return { status: 200, body: shown(receipt) };
  },
});
