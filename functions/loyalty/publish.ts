import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { accountOf } from '../../shared/adapters/dynamo/profile-records.ts';
import { type ProfileStore, profileStore } from '../../shared/adapters/dynamo/profile-store.ts';
import { type EventBus, eventBridgeClient, eventBus } from '../../shared/adapters/eventbridge/publish.ts';
import { announcementOf } from '../../shared/domain/loyalty/announce.ts';
import { newEntries } from '../../shared/domain/loyalty/journal.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { type ItemChange, type StreamDependencies, streamHandler } from '../../shared/runtime/stream-handler.ts';

type PublisherDependencies = StreamDependencies & { profile: ProfileStore; bus: EventBus };

/** Tells the bus what has been committed: it reads the table's stream, so nothing is told that was not written. */
export const handler = streamHandler(
  (): PublisherDependencies => {
    const env = readEnv('PROFILE_TABLE', 'BUS_NAME');
    return {
      profile: profileStore(dynamoClient(), env.PROFILE_TABLE),
      bus: eventBus(eventBridgeClient(), env.BUS_NAME),
    };
  },
  async (changes, { profile, bus }, { nowMs }) => {
    const told = await Promise.all(changes.map((change) => announcements(change, profile, nowMs)));
    const entries = told.flatMap((events, change) => events.map((entry) => ({ change, entry })));
    const [failed] = await bus.publish(entries.map(({ entry }) => entry));
    if (failed === undefined) return undefined;
    return { index: entries[failed.index]?.change ?? 0, error: new Error(`The bus refused an event: ${failed.code}`) };
  },
);

async function announcements({ before, after }: ItemChange, profile: ProfileStore, nowMs: number) {
  const account = accountOf(after);
  if (account === undefined) return [];
  const written = accountOf(before)?.journal.count ?? 0;
  const entries = await newEntries(account.journal, written, async (page) => {
    return (await profile.loadJournalPage(account.memberId, page)) ?? [];
  });
  return entries.flatMap((entry) => {
    const told = announcementOf(account.memberId, entry, { currency: currentPolicy.currency, nowMs });
    if (told === undefined) return [];
    const { definition, event } = told;
    return [{ source: definition.busSource, detailType: event.type, detail: JSON.stringify(event), time: event.time }];
  });
}
