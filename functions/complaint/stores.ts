import type { ComplaintStore } from '../../shared/adapters/dynamo/complaint-store.ts';
import type { PolicySource } from '../../shared/policy/policies.ts';

export type ComplaintStores = { complaints: ComplaintStore; policies: PolicySource };
