import type { PolicyVersions } from '../../shared/adapters/dynamo/policy-versions.ts';
import type { PolicySource } from '../../shared/policy/policies.ts';

export type PolicyStores = { policies: PolicySource; versions: PolicyVersions };
