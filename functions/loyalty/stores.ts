import type { ProfileStore } from '../../shared/adapters/dynamo/profile-store.ts';

export type LoyaltyStores = { profile: ProfileStore };
