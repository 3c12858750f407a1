import type { SanctionStore } from '../../shared/adapters/dynamo/sanction-store.ts';
import type { WordsStore } from '../../shared/adapters/vault/words.ts';
import type { PolicySource } from '../../shared/policy/policies.ts';

export type SanctionStores = { sanctions: SanctionStore; words: WordsStore; policies: PolicySource };
