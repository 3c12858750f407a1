import type { EventDefinition } from '../../events/define-event.ts';
import type { CloudEvent } from '../../events/envelope.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { policyStore } from '../../shared/adapters/dynamo/policy-store.ts';
import { type ProfileStore, profileStore } from '../../shared/adapters/dynamo/profile-store.ts';
import { type OrderData, type OrderFactKind, orderFact } from '../../shared/domain/loyalty/order-facts.ts';
import type { PolicySource } from '../../shared/policy/policies.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { type QueueDependencies, queueHandler } from '../../shared/runtime/queue-handler.ts';
import { openQueue } from '../../shared/runtime/queue-wiring.ts';
import { bookOrder } from './book-order.ts';

export type LoyaltyDependencies = QueueDependencies & { profile: ProfileStore; policies: PolicySource };

/** Opens what every reaction of this domain needs, from its environment. */
export function openLoyalty(): LoyaltyDependencies {
  const dynamo = dynamoClient();
  const { PROFILE_TABLE } = readEnv('PROFILE_TABLE');
  const profile = profileStore(dynamo, PROFILE_TABLE);
  return { ...openQueue(dynamo), profile, policies: policyStore(dynamo, PROFILE_TABLE) };
}

/** The policies as they are when a batch begins: all its events are older. */
export const loadPolicies = ({ policies }: { policies: PolicySource }) => policies.load();

/** The handler of one kind of order fact: the event becomes a fact, and the order is booked anew. */
export function orderReaction<Kind extends OrderFactKind>(
  kind: Kind,
  definition: EventDefinition<string, OrderData<Kind>>,
  open: () => LoyaltyDependencies = openLoyalty,
) {
  return queueHandler(
    definition,
    open,
    async (event: CloudEvent<string, OrderData<Kind>>, { profile }, { nowMs, contentHash, before: policies }) => {
      await bookOrder(event.data.orderId, orderFact<Kind>(kind, event, contentHash), { profile, policies, nowMs });
    },
    {
      serialKey: ({ data }) => data.memberId ?? data.anonymousId ?? data.orderId,
      before: loadPolicies,
    },
  );
}
