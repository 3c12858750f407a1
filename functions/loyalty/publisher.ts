import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { type DueStore, dueStore } from '../../shared/adapters/dynamo/due-store.ts';
import { type InboxStore, inboxStore } from '../../shared/adapters/dynamo/inbox-store.ts';
import { policyStore } from '../../shared/adapters/dynamo/policy-store.ts';
import { type ProfileStore, profileStore } from '../../shared/adapters/dynamo/profile-store.ts';
import { type EventBus, eventBridgeClient, eventBus } from '../../shared/adapters/eventbridge/publish.ts';
import { Fault } from '../../shared/domain/fault.ts';
import type { PolicySource } from '../../shared/policy/policies.ts';
import { announce } from '../../shared/runtime/announce.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { type StreamDependencies, streamHandler } from '../../shared/runtime/stream-handler.ts';
import { announcements, noteDue } from './follow-account.ts';

export type PublisherDependencies = StreamDependencies & {
  profile: ProfileStore;
  due: DueStore;
  policies: PolicySource;
  bus: EventBus;
  inbox: Pick<InboxStore, 'correlationsOf'>;
};

/** Opens what the publisher needs, from its environment. */
function openPublisher(): PublisherDependencies {
  const { PROFILE_TABLE, INBOX_TABLE, BUS_NAME } = readEnv('PROFILE_TABLE', 'INBOX_TABLE', 'BUS_NAME');
  const dynamo = dynamoClient();
  return {
    profile: profileStore(dynamo, PROFILE_TABLE),
    due: dueStore(dynamo, PROFILE_TABLE),
    policies: policyStore(dynamo, PROFILE_TABLE),
    bus: eventBus(eventBridgeClient(), BUS_NAME),
    inbox: inboxStore(dynamo, INBOX_TABLE),
  };
}

/**
 * The handler that tells the bus what has been committed, and notes when time will bring more: it reads the table's
 * stream, so nothing is told that was not written, and nothing that was written is forgotten.
 */
export function publisher(open: () => PublisherDependencies = openPublisher) {
  return streamHandler(open, async (changes, { profile, due, policies: source, ...stores }, context) => {
    const { nowMs } = context;
    const policies = await source.load();
    const told = await Promise.all(changes.map((change) => announcements(change, profile, { policies, nowMs })));
    const [failed] = await announce(told.flat(), stores, context);
    if (failed !== undefined) {
      const change = told.flatMap((events, index) => events.map(() => index))[failed.index];
      return { index: change ?? 0, error: new Fault(`The bus refused an event: ${failed.code}`) };
    }
    await noteDue(changes, due, policies);
    return undefined;
  });
}
