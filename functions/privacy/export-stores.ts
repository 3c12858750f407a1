import type { HistoryStore } from '../../shared/adapters/dynamo/history-store.ts';
import type { MemberStore } from '../../shared/adapters/dynamo/member-store.ts';
import type { WordsStore } from '../../shared/adapters/vault/words.ts';
import { type Found, newReceipt } from '../../shared/domain/privacy/erasure.ts';
import type { ErasureStores } from './stores.ts';

/** What an export reads beside what an erasure goes through. */
export type ExportStores = ErasureStores & {
  members: Pick<MemberStore, 'load'>;
  words: WordsStore;
  histories: Pick<HistoryStore, 'read'>;
};

/** What rests in which store: the very rows that a receipt would have. */
export function storesOf(found: Found) {
  const { stores } = newReceipt('', { kind: 'member' }, found, 0);
  return stores.map(({ store, what, count }) => ({ store, what, ...(count !== undefined && { count }) }));
}
