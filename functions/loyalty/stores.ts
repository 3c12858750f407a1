import type { ProfileStore } from '../../shared/adapters/dynamo/profile-store.ts';
import type { PolicySource } from '../../shared/policy/policies.ts';

export type LoyaltyStores = { profile: ProfileStore; policies: PolicySource };
