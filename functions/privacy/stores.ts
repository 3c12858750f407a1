import type { BelongingsStore } from '../../shared/adapters/dynamo/belongings-store.ts';
import type { ComplaintStore } from '../../shared/adapters/dynamo/complaint-store.ts';
import type { CouponStore } from '../../shared/adapters/dynamo/coupon-store.ts';
import type { DueStore } from '../../shared/adapters/dynamo/due-store.ts';
import type { ErasureStore } from '../../shared/adapters/dynamo/erasure-store.ts';
import type { InboxStore } from '../../shared/adapters/dynamo/inbox-store.ts';
import type { ProfileStore } from '../../shared/adapters/dynamo/profile-store.ts';
import type { RefreshedWrites } from '../../shared/adapters/dynamo/refreshed-writes.ts';
import type { ReviewStore } from '../../shared/adapters/dynamo/review-store.ts';
import type { ReviewSurroundingsStore } from '../../shared/adapters/dynamo/review-surroundings.ts';
import type { ReviewerStore } from '../../shared/adapters/dynamo/reviewer-store.ts';
import type { TallyStore } from '../../shared/adapters/dynamo/tally-store.ts';
import type { PolicySource } from '../../shared/policy/policies.ts';

/** What an erasure goes through. */
export type ErasureStores = {
  erasures: ErasureStore;
  belongings: BelongingsStore;
  profile: ProfileStore;
  due: DueStore;
  coupons: CouponStore;
  reviews: ReviewStore;
  reviewers: ReviewerStore;
  surroundings: ReviewSurroundingsStore;
  refreshed: RefreshedWrites;
  tallies: TallyStore;
  complaints: ComplaintStore;
  inbox: Pick<InboxStore, 'refusals' | 'forgetRefusal'>;
  policies: PolicySource;
  /** How the days of a year are named in the list of birthdays. */
  birthdays(): Promise<string[]>;
};
