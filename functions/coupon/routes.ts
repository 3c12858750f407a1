import { getCoupons } from './get-coupons.ts';
import { getOrderCoupons } from './get-order-coupons.ts';
import { postCoupon } from './post-coupon.ts';
import { postHold } from './post-hold.ts';
import { postRelease } from './post-release.ts';
import { postRevoke } from './post-revoke.ts';

export const routes = [postCoupon, getCoupons, postHold, postRelease, postRevoke, getOrderCoupons];
