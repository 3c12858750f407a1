import { defineRoute } from '../../shared/runtime/route.ts';
import { againAnswer } from './answers.ts';
import type { ErasureStores } from './stores.ts';

export const postAgain = defineRoute({
  method: 'POST',
  path: '/v1/erasures/again',
  summary:
    'After tables have been restored from a backup: has every erasure there ever was done again, within the hour.',
  access: { kind: 'service', scopes: ['admin'] },
  answers: { 202: { description: 'How many there are.', schema: againAnswer } },
  problems: [],
  async handle(_, { erasures }: Pick<ErasureStores, 'erasures'>) {
    return { status: 202, body: { erasures: await erasures.reopenAll() } };
  },
});
