import { findEvent } from '../../events/catalogue.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { inboxStore } from '../../shared/adapters/dynamo/inbox-store.ts';
import { eventBridgeClient, eventBus } from '../../shared/adapters/eventbridge/publish.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { createLogger } from '../../shared/runtime/log.ts';
import { routes } from './routes.ts';
import type { IntakeStores } from './stores.ts';

function open(): IntakeStores {
  const env = readEnv('INBOX_TABLE', 'BUS_NAME');
  return {
    inbox: inboxStore(dynamoClient(), env.INBOX_TABLE),
    bus: eventBus(eventBridgeClient(), env.BUS_NAME),
    rules: { findEvent, knowsCurrency: (code) => Object.hasOwn(currentPolicy.currencies, code) },
    log: createLogger(),
  };
}

export const handler = httpHandler(routes, open);
