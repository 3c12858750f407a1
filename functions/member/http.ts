import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { memberStore } from '../../shared/adapters/dynamo/member-store.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { routes } from './routes.ts';

export const handler = httpHandler(routes, () => ({
  members: memberStore(dynamoClient(), readEnv('PROFILE_TABLE').PROFILE_TABLE),
}));
