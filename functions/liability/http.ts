import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { liabilityStore } from '../../shared/adapters/dynamo/liability-store.ts';
import { policyStore } from '../../shared/adapters/dynamo/policy-store.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { routes } from './routes.ts';
import type { LiabilityStores } from './stores.ts';

export const handler = httpHandler(routes, (): LiabilityStores => {
  const { PROFILE_TABLE } = readEnv('PROFILE_TABLE');
  const dynamo = dynamoClient();
  return { liability: liabilityStore(dynamo, PROFILE_TABLE), policies: policyStore(dynamo, PROFILE_TABLE) };
});
