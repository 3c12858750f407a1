import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { openErasedMembers } from '../../shared/runtime/erased-members.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { openExport } from './open-export.ts';
import { openErasures } from './open-stores.ts';
import { routes } from './routes.ts';

export const handler = httpHandler(routes, () => {
  const client = dynamoClient();
  return { ...openErasures(client), ...openExport(client), ...openErasedMembers(client) };
});
