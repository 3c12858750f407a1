import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { profileStore } from '../../shared/adapters/dynamo/profile-store.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { routes } from './routes.ts';

export const handler = httpHandler(routes, () => ({
  profile: profileStore(dynamoClient(), readEnv('PROFILE_TABLE').PROFILE_TABLE),
}));
