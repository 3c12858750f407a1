import type { EventDefinition } from '../../events/define-event.ts';
import type { CloudEvent } from '../../events/envelope.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { complaintStore } from '../../shared/adapters/dynamo/complaint-store.ts';
import { policyStore } from '../../shared/adapters/dynamo/policy-store.ts';
import { openVault } from '../../shared/adapters/vault/open-vault.ts';
import { wordsStore } from '../../shared/adapters/vault/words.ts';
import { factOf, type Saying } from '../../shared/domain/complaint/decide-complaint.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { type QueueDependencies, queueHandler } from '../../shared/runtime/queue-handler.ts';
import { openQueue } from '../../shared/runtime/queue-wiring.ts';
import { keepFact } from './keep-fact.ts';
import type { ComplaintStores } from './stores.ts';

export type ComplaintDependencies = QueueDependencies & ComplaintStores;

/** Opens what every reaction of this domain needs, from its environment. */
function openComplaints(): ComplaintDependencies {
  const dynamo = dynamoClient();
  const { REPUTATION_TABLE, PROFILE_TABLE } = readEnv('REPUTATION_TABLE', 'PROFILE_TABLE');
  const vault = openVault(dynamo);
  return {
    ...openQueue(dynamo),
    vault,
    complaints: complaintStore(dynamo, REPUTATION_TABLE),
    words: wordsStore(vault),
    policies: policyStore(dynamo, PROFILE_TABLE),
  };
}

/** The policies as they are when a batch begins: all its events are older. */
const loadPolicies = ({ policies }: ComplaintStores) => policies.load();

/** The handler of an event that says something of a complaint: it becomes a fact of it, whichever comes first. */
export function complaintReaction<Type extends string, Data extends { complaintId: string }>(
  definition: EventDefinition<Type, Data>,
  read: (data: Data) => Saying,
  open: () => ComplaintDependencies = openComplaints,
) {
  return queueHandler(
    definition,
    open,
    async ({ id: eventId, time, data }: CloudEvent<Type, Data>, { complaints, words }, { before: policies, log }) => {
      const told = factOf(read(data), { eventId, atMs: Date.parse(time) });
      await keepFact(data.complaintId, told, { complaints, words, policies, log });
    },
    { serialKey: ({ data }) => data.complaintId, before: loadPolicies },
  );
}
