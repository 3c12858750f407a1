import type { CouponStore } from '../../shared/adapters/dynamo/coupon-store.ts';
import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { applyOrder, newCoupon } from '../../shared/domain/coupon/coupon.ts';
import {
  addOrderFact,
  couponOrders,
  newOrderCoupons,
  type OrderCouponFact,
  orderOutcomes,
} from '../../shared/domain/coupon/order-coupons.ts';
import { PermanentFailure } from '../../shared/runtime/errors.ts';
import type { Logger } from '../../shared/runtime/log.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';

type Surroundings = { coupons: CouponStore; nowMs: number; log: Logger };

/**
 * Keeps a fact of an order that names coupons, then tells each of these coupons what is known of the order by now. The
 * order's record comes first, so whichever of two facts comes second knows both; a second delivery walks the same
 * coupons and finds them told, so a crash half way is mended by the next one.
 */
export async function recordOrder(orderId: string, fact: OrderCouponFact, around: Surroundings): Promise<void> {
  const { coupons, log } = around;
  const order = await retryConflicts(WriteConflict, async () => {
    const before = (await coupons.loadOrder(orderId)) ?? newOrderCoupons(orderId);
    const decision = addOrderFact(before, fact);
    if (decision.kind === 'refused') throw new PermanentFailure(decision.code, decision.detail);
    if (decision.kind === 'known') return before;
    await coupons.saveOrder(decision.order);
    return decision.order;
  });
  const entries = couponOrders(order);
  const told = await coupons.loadCoupons([...entries.keys()]);
  const failures: PermanentFailure[] = [];
  for (const [couponId, entry] of entries) {
    await retryConflicts(WriteConflict, async (attempt) => {
      if (attempt > 0) for (const [id, record] of await coupons.loadCoupons([couponId])) told.set(id, record);
      const change = applyOrder(told.get(couponId) ?? newCoupon(couponId), entry, around.nowMs);
      if (change?.kind === 'refused') failures.push(new PermanentFailure(change.code, change.detail));
      if (change?.kind !== 'changed') return;
      await coupons.saveCoupon(change);
      told.set(couponId, change.coupon);
    });
  }
  for (const outcome of orderOutcomes(order, told)) {
    if (outcome.kind === 'refused') log.warn('coupon_refused', { orderId, code: outcome.code });
  }
  if (failures[0] !== undefined) throw failures[0];
}
