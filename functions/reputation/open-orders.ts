import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { makerStore } from '../../shared/adapters/dynamo/maker-store.ts';
import { type OrderTallyStore, orderTallyStore } from '../../shared/adapters/dynamo/order-tally-store.ts';
import { readEnv } from '../../shared/runtime/env.ts';

/** Opens what counting orders takes, from the function's environment. */
export function openOrders(dynamo: DynamoDBClient): OrderTallyStore {
  const env = readEnv('REPUTATION_TABLE', 'CATALOG_TABLE', 'PROFILE_TABLE');
  const makers = makerStore(dynamo, { reputation: env.REPUTATION_TABLE, catalog: env.CATALOG_TABLE });
  return orderTallyStore(dynamo, { reputation: env.REPUTATION_TABLE, profile: env.PROFILE_TABLE }, makers);
}
