import type { OpenMemberStore } from '../../shared/adapters/dynamo/member-store.ts';
import type { ReviewStore } from '../../shared/adapters/dynamo/review-store.ts';
import type { ReviewerStore } from '../../shared/adapters/dynamo/reviewer-store.ts';
import type { PersonalItems } from '../../shared/adapters/vault/vault.ts';
import type { WordsStore } from '../../shared/adapters/vault/words.ts';
import type { PolicySource } from '../../shared/policy/policies.ts';

export type ReviewStores = {
  reviews: ReviewStore;
  reviewers: ReviewerStore;
  members: OpenMemberStore;
  vault: Pick<PersonalItems, 'read'>;
  words: WordsStore;
  policies: PolicySource;
};
