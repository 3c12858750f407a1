import type { CouponStore } from '../../shared/adapters/dynamo/coupon-store.ts';
import type { PolicySource } from '../../shared/policy/policies.ts';

export type CouponStores = { coupons: CouponStore; policies: PolicySource };
