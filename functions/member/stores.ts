import type { MemberStore } from '../../shared/adapters/dynamo/member-store.ts';
import type { PolicySource } from '../../shared/policy/policies.ts';

export type MemberStores = { members: Pick<MemberStore, 'load'>; policies: PolicySource };
