import { findEvent } from '../../events/catalogue.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { inboxStore } from '../../shared/adapters/dynamo/inbox-store.ts';
import { waitingOrders } from '../../shared/adapters/dynamo/waiting-orders.ts';
import { eventBridgeClient, eventBus } from '../../shared/adapters/eventbridge/publish.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { createLogger } from '../../shared/runtime/log.ts';
import { routes } from './routes.ts';
import type { IntakeStores } from './stores.ts';

function open(): IntakeStores {
  const env = readEnv('INBOX_TABLE', 'PROFILE_TABLE', 'BUS_NAME');
  const client = dynamoClient();
  return {
    inbox: inboxStore(client, env.INBOX_TABLE),
    waiting: waitingOrders(client, env.PROFILE_TABLE),
    bus: eventBus(eventBridgeClient(), env.BUS_NAME),
    rules: { findEvent, knowsCurrency: (code) => Object.hasOwn(currentPolicy.currencies, code) },
    log: createLogger(),
  };
}

export const handler = httpHandler(routes, open);
