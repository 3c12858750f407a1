import type { MemberStore } from '../../shared/adapters/dynamo/member-store.ts';
import type { ReviewStore } from '../../shared/adapters/dynamo/review-store.ts';
import type { ReviewerStore } from '../../shared/adapters/dynamo/reviewer-store.ts';
import type { PolicySource } from '../../shared/policy/policies.ts';

export type ReviewStores = {
  reviews: ReviewStore;
  reviewers: ReviewerStore;
  members: Pick<MemberStore, 'load' | 'loadNames'>;
  policies: PolicySource;
};
