import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { couponStore } from '../../shared/adapters/dynamo/coupon-store.ts';
import { policyStore } from '../../shared/adapters/dynamo/policy-store.ts';
import { openVault } from '../../shared/adapters/vault/open-vault.ts';
import { wordsStore } from '../../shared/adapters/vault/words.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { openErasedMembers } from '../../shared/runtime/erased-members.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { routes } from './routes.ts';

export const handler = httpHandler(routes, () => {
  const { PROFILE_TABLE } = readEnv('PROFILE_TABLE');
  const dynamo = dynamoClient();
  return {
    ...openErasedMembers(dynamo),
    coupons: couponStore(dynamo, PROFILE_TABLE),
    words: wordsStore(openVault(dynamo)),
    policies: policyStore(dynamo, PROFILE_TABLE),
  };
});
