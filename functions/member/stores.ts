import type { MemberStore } from '../../shared/adapters/dynamo/member-store.ts';

export type MemberStores = { members: MemberStore };
