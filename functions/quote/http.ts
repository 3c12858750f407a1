import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { couponStore } from '../../shared/adapters/dynamo/coupon-store.ts';
import { openMemberStore } from '../../shared/adapters/dynamo/member-store.ts';
import { policyStore } from '../../shared/adapters/dynamo/policy-store.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { openErasedMembers } from '../../shared/runtime/erased-members.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { routes } from './routes.ts';
import type { QuoteStores } from './stores.ts';

export const handler = httpHandler(routes, (): QuoteStores => {
  const { PROFILE_TABLE } = readEnv('PROFILE_TABLE');
  const dynamo = dynamoClient();
  return {
    ...openErasedMembers(dynamo),
    members: openMemberStore(dynamo, PROFILE_TABLE),
    coupons: couponStore(dynamo, PROFILE_TABLE),
    policies: policyStore(dynamo, PROFILE_TABLE),
  };
});
