import { findEvent } from '../../events/catalogue.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { inboxStore } from '../../shared/adapters/dynamo/inbox-store.ts';
import { policyStore } from '../../shared/adapters/dynamo/policy-store.ts';
import { eventBridgeClient, eventBus } from '../../shared/adapters/eventbridge/publish.ts';
import { knowsCurrency } from '../../shared/policy/policies.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { createLogger } from '../../shared/runtime/log.ts';
import { routes } from './routes.ts';
import type { IntakeStores } from './stores.ts';

function open(): IntakeStores {
  const env = readEnv('INBOX_TABLE', 'BUS_NAME', 'PROFILE_TABLE');
  const dynamo = dynamoClient();
  const source = policyStore(dynamo, env.PROFILE_TABLE);
  return {
    inbox: inboxStore(dynamo, env.INBOX_TABLE),
    bus: eventBus(eventBridgeClient(), env.BUS_NAME),
    async loadRules() {
      const policies = await source.load();
      return { findEvent, knowsCurrency: (code, atMs) => knowsCurrency(policies, code, atMs) };
    },
    log: createLogger(),
  };
}

export const handler = httpHandler(routes, open);
