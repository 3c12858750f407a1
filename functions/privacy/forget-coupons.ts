import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { forgetCoupon } from '../../shared/domain/coupon/forget-coupon.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import type { ErasureStores } from './stores.ts';

/** Takes coupons from their member; units of those that were open go back to the pool. */
export async function forgetCoupons(
  couponIds: readonly string[],
  nowMs: number,
  { coupons }: Pick<ErasureStores, 'coupons'>,
): Promise<void> {
  for (const couponId of couponIds) {
    await retryConflicts(WriteConflict, async () => {
      const coupon = (await coupons.loadCoupons([couponId])).get(couponId);
      const change = coupon && forgetCoupon(coupon, nowMs);
      if (change !== undefined) await coupons.saveCoupon(change);
    });
  }
}
