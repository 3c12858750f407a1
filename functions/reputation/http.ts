import { catalogStore } from '../../shared/adapters/dynamo/catalog-store.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { policyStore } from '../../shared/adapters/dynamo/policy-store.ts';
import { sanctionStore } from '../../shared/adapters/dynamo/sanction-store.ts';
import { tallyStore } from '../../shared/adapters/dynamo/tally-store.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { routes } from './routes.ts';

export const handler = httpHandler(routes, () => {
  const { REPUTATION_TABLE, CATALOG_TABLE, PROFILE_TABLE } = readEnv(
    'REPUTATION_TABLE',
    'CATALOG_TABLE',
    'PROFILE_TABLE',
  );
  const dynamo = dynamoClient();
  return {
    tallies: tallyStore(dynamo, REPUTATION_TABLE),
    catalog: catalogStore(dynamo, CATALOG_TABLE),
    sanctions: sanctionStore(dynamo, REPUTATION_TABLE),
    policies: policyStore(dynamo, PROFILE_TABLE),
  };
});
