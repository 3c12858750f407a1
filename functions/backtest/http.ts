import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { policyStore } from '../../shared/adapters/dynamo/policy-store.ts';
import { recordedStore } from '../../shared/adapters/dynamo/recorded-store.ts';
import { BACKTEST_LIMITS } from '../../shared/domain/backtest/recorded.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { routes } from './routes.ts';
import type { BacktestStores } from './stores.ts';

export const handler = httpHandler(routes, (): BacktestStores => {
  const { PROFILE_TABLE } = readEnv('PROFILE_TABLE');
  const dynamo = dynamoClient();
  return {
    policies: policyStore(dynamo, PROFILE_TABLE),
    recorded: recordedStore(dynamo, PROFILE_TABLE),
    limits: BACKTEST_LIMITS,
  };
});
