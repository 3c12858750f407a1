import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { type CouponStore, couponStore } from '../../shared/adapters/dynamo/coupon-store.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import type { QueueDependencies } from '../../shared/runtime/queue-handler.ts';
import { openQueue } from '../../shared/runtime/queue-wiring.ts';

export type CouponDependencies = QueueDependencies & { coupons: CouponStore };

/** Opens what the reactions to orders need, from their environment. */
export function openCoupons(): CouponDependencies {
  const dynamo = dynamoClient();
  return { ...openQueue(dynamo), coupons: couponStore(dynamo, readEnv('PROFILE_TABLE').PROFILE_TABLE) };
}
