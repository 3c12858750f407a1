import type { ExpiryEntry } from '../../shared/adapters/dynamo/coupon-calendar-store.ts';
import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { decideExpiry, EXPIRY_GRACE_MS, newCoupon } from '../../shared/domain/coupon/coupon.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import { scheduleHandler } from '../../shared/runtime/schedule-handler.ts';
import { type ExpirySchedule, openExpiries } from './schedule-stores.ts';

const ENTRIES_PER_SHARD = 25;

/**
 * Every hour: the units of coupons that have expired go back to the pool. What is done is taken off the list, so a run
 * that was cut off is gone on with by the next.
 */
export const handler = scheduleHandler(openExpiries, async (stores, { nowMs, functionName, log }) => {
  let units = 0;
  for (;;) {
    const entries = await stores.calendar.expiring(nowMs - EXPIRY_GRACE_MS, ENTRIES_PER_SHARD);
    if (entries.length === 0) break;
    for (const entry of entries) units += await giveBack(entry, stores, nowMs);
  }
  log.info('expired', { function: functionName, units });
});

/** A coupon that an order has, or whose unit has gone back, only leaves the list. */
async function giveBack(entry: ExpiryEntry, { coupons, calendar }: ExpirySchedule, nowMs: number): Promise<number> {
  const { couponId } = entry;
  const given = await retryConflicts(WriteConflict, async () => {
    const known = (await coupons.loadCoupons([couponId])).get(couponId) ?? newCoupon(couponId);
    const change = decideExpiry(known, nowMs);
    if (change !== undefined) await coupons.saveCoupon(change);
    return change === undefined ? 0 : 1;
  });
  await calendar.forgetExpiry(entry);
  return given;
}
