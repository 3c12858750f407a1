import type { LiabilityScan } from '../../shared/adapters/dynamo/liability-scan.ts';
import type { LiabilityStore } from '../../shared/adapters/dynamo/liability-store.ts';
import type { ProfileStore } from '../../shared/adapters/dynamo/profile-store.ts';
import type { Policies, PolicySource } from '../../shared/policy/policies.ts';

export type LiabilityStores = { liability: LiabilityStore; policies: PolicySource };

/** What a run works with. */
export type RunStores = {
  liability: LiabilityStore;
  scan: LiabilityScan;
  profile: Pick<ProfileStore, 'loadAccount' | 'loadHistory'>;
  policies: PolicySource;
};

/** What a run goes by: it began at `atMs`, and that is how far it looks at every account. */
export type RunTerms = { atMs: number; closedDay: string; policies: Policies };
