import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { policyStore } from '../../shared/adapters/dynamo/policy-store.ts';
import { policyVersions } from '../../shared/adapters/dynamo/policy-versions.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { routes } from './routes.ts';
import type { PolicyStores } from './stores.ts';

export const handler = httpHandler(routes, (): PolicyStores => {
  const { PROFILE_TABLE } = readEnv('PROFILE_TABLE');
  const dynamo = dynamoClient();
  return { policies: policyStore(dynamo, PROFILE_TABLE), versions: policyVersions(dynamo, PROFILE_TABLE) };
});
