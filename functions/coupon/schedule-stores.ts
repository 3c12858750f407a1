import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { type CouponCalendarStore, couponCalendarStore } from '../../shared/adapters/dynamo/coupon-calendar-store.ts';
import { type CouponStore, couponStore } from '../../shared/adapters/dynamo/coupon-store.ts';
import { policyStore } from '../../shared/adapters/dynamo/policy-store.ts';
import type { PolicySource } from '../../shared/policy/policies.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import type { ScheduleDependencies } from '../../shared/runtime/schedule-handler.ts';

export type ScheduleStores = ScheduleDependencies & {
  coupons: CouponStore;
  calendar: CouponCalendarStore;
  policies: PolicySource;
};

/** Opens what the schedules of this domain need, from their environment. */
export function openSchedule(): ScheduleStores {
  const { PROFILE_TABLE } = readEnv('PROFILE_TABLE');
  const dynamo = dynamoClient();
  return {
    coupons: couponStore(dynamo, PROFILE_TABLE),
    calendar: couponCalendarStore(dynamo, PROFILE_TABLE),
    policies: policyStore(dynamo, PROFILE_TABLE),
  };
}
