import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { type DueStore, dueStore } from '../../shared/adapters/dynamo/due-store.ts';
import { policyStore } from '../../shared/adapters/dynamo/policy-store.ts';
import { type ProfileStore, profileStore } from '../../shared/adapters/dynamo/profile-store.ts';
import { type EventBus, eventBridgeClient, eventBus } from '../../shared/adapters/eventbridge/publish.ts';
import type { PolicySource } from '../../shared/policy/policies.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { type StreamDependencies, streamHandler } from '../../shared/runtime/stream-handler.ts';
import { announcements, noteDue } from './follow-account.ts';

export type PublisherDependencies = StreamDependencies & {
  profile: ProfileStore;
  due: DueStore;
  policies: PolicySource;
  bus: EventBus;
};

/** Opens what the publisher needs, from its environment. */
function openPublisher(): PublisherDependencies {
  const { PROFILE_TABLE, BUS_NAME } = readEnv('PROFILE_TABLE', 'BUS_NAME');
  const dynamo = dynamoClient();
  return {
    profile: profileStore(dynamo, PROFILE_TABLE),
    due: dueStore(dynamo, PROFILE_TABLE),
    policies: policyStore(dynamo, PROFILE_TABLE),
    bus: eventBus(eventBridgeClient(), BUS_NAME),
  };
}

/**
 * The handler that tells the bus what has been committed, and notes when time will bring more: it reads the table's
 * stream, so nothing is told that was not written, and nothing that was written is forgotten.
 */
export function publisher(open: () => PublisherDependencies = openPublisher) {
  return streamHandler(open, async (changes, { profile, due, policies: source, bus }, { nowMs }) => {
    const policies = await source.load();
    const told = await Promise.all(changes.map((change) => announcements(change, profile, { policies, nowMs })));
    const entries = told.flatMap((events, change) => events.map((entry) => ({ change, entry })));
    const [failed] = await bus.publish(entries.map(({ entry }) => entry));
    if (failed !== undefined) {
      const error = new Error(`The bus refused an event: ${failed.code}`);
      return { index: entries[failed.index]?.change ?? 0, error };
    }
    await noteDue(changes, due, policies);
    return undefined;
  });
}
