import type { CouponStore } from '../../shared/adapters/dynamo/coupon-store.ts';
import type { MemberStore } from '../../shared/adapters/dynamo/member-store.ts';
import type { PolicySource } from '../../shared/policy/policies.ts';

export type QuoteStores = {
  members: Pick<MemberStore, 'load'>;
  coupons: Pick<CouponStore, 'loadCoupons'>;
  policies: PolicySource;
};
