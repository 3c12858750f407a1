import type { CouponStore } from '../../shared/adapters/dynamo/coupon-store.ts';
import type { OpenMemberStore } from '../../shared/adapters/dynamo/member-store.ts';
import type { PolicySource } from '../../shared/policy/policies.ts';

export type QuoteStores = {
  members: OpenMemberStore;
  coupons: Pick<CouponStore, 'loadCoupons'>;
  policies: PolicySource;
};
