import { findEvent } from '../../events/catalogue.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { inboxStore } from '../../shared/adapters/dynamo/inbox-store.ts';
import { policyStore } from '../../shared/adapters/dynamo/policy-store.ts';
import { eventBridgeClient, eventBus } from '../../shared/adapters/eventbridge/publish.ts';
import { openVault } from '../../shared/adapters/vault/open-vault.ts';
import { knowsCurrency } from '../../shared/policy/policies.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { createLogger } from '../../shared/runtime/log.ts';
import { openQueue } from '../../shared/runtime/queue-wiring.ts';
import type { RelayDependencies } from '../../shared/runtime/relay-handler.ts';
import type { IntakeStores } from './stores.ts';

/** Opens what intake works with from its environment. */
export function openIntake(dynamo = dynamoClient()): IntakeStores {
  const env = readEnv('INBOX_TABLE', 'BUS_NAME', 'PROFILE_TABLE');
  const source = policyStore(dynamo, env.PROFILE_TABLE);
  return {
    inbox: inboxStore(dynamo, env.INBOX_TABLE),
    bus: eventBus(eventBridgeClient(), env.BUS_NAME),
    vault: openVault(dynamo),
    async loadRules() {
      const policies = await source.load();
      return { findEvent, knowsCurrency: (code, atMs) => knowsCurrency(policies, code, atMs) };
    },
    log: createLogger(),
  };
}

/** The same for the queue of events that are not sealed. */
export function openRelay(): IntakeStores & RelayDependencies {
  const dynamo = dynamoClient();
  const { deadLetters, maxReceiveCount } = openQueue(dynamo);
  return { ...openIntake(dynamo), deadLetters, maxReceiveCount };
}
