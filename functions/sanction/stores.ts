import type { SanctionStore } from '../../shared/adapters/dynamo/sanction-store.ts';
import type { PolicySource } from '../../shared/policy/policies.ts';

export type SanctionStores = { sanctions: SanctionStore; policies: PolicySource };
