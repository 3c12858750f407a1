import type { CouponStore } from '../../shared/adapters/dynamo/coupon-store.ts';
import type { WordsStore } from '../../shared/adapters/vault/words.ts';
import type { PolicySource } from '../../shared/policy/policies.ts';

export type CouponStores = { coupons: CouponStore; words: WordsStore; policies: PolicySource };
