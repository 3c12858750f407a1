import type { ProfileStore } from '../../shared/adapters/dynamo/profile-store.ts';
import type { WordsStore } from '../../shared/adapters/vault/words.ts';
import type { PolicySource } from '../../shared/policy/policies.ts';
import type { InTurn } from '../../shared/runtime/in-turn.ts';

export type LoyaltyStores = { profile: ProfileStore; words: WordsStore; policies: PolicySource; turn: InTurn };
