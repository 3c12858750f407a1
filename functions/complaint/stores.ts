import type { ComplaintStore } from '../../shared/adapters/dynamo/complaint-store.ts';
import type { WordsStore } from '../../shared/adapters/vault/words.ts';
import type { PolicySource } from '../../shared/policy/policies.ts';

export type ComplaintStores = { complaints: ComplaintStore; words: WordsStore; policies: PolicySource };
