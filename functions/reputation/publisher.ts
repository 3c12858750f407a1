import type { CaseNotes } from '../../shared/adapters/dynamo/case-notes.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { complaintDueStore, noteComplaintDue } from '../../shared/adapters/dynamo/complaint-due-store.ts';
import { noteSanctionDue, sanctionDueStore } from '../../shared/adapters/dynamo/sanction-due-store.ts';
import { type EventBus, eventBridgeClient, eventBus } from '../../shared/adapters/eventbridge/publish.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { type StreamDependencies, streamHandler } from '../../shared/runtime/stream-handler.ts';
import { announcementsOf } from './announcements-of.ts';

export type PublisherDependencies = StreamDependencies & {
  bus: EventBus;
  due: Pick<CaseNotes, 'note'>;
  sanctionDue: Pick<CaseNotes, 'note'>;
};

/** Opens what the publisher needs, from its environment. */
function openPublisher(): PublisherDependencies {
  const { BUS_NAME, REPUTATION_TABLE } = readEnv('BUS_NAME', 'REPUTATION_TABLE');
  const dynamo = dynamoClient();
  return {
    bus: eventBus(eventBridgeClient(), BUS_NAME),
    due: complaintDueStore(dynamo, REPUTATION_TABLE),
    sanctionDue: sanctionDueStore(dynamo, REPUTATION_TABLE),
  };
}

/**
 * The handler that tells the bus where reviews, scores, complaints and sanctions stand, and notes when time will bring
 * more to one of them: it reads the table's stream, so nothing is told that was not written, and nothing that was written is
 * forgotten.
 */
export function publisher(open: () => PublisherDependencies = openPublisher) {
  return streamHandler(open, async (changes, { bus, due, sanctionDue }) => {
    const entries = changes.flatMap((it, change) => announcementsOf(it).map((event) => ({ change, event })));
    const [failed] = await bus.publish(
      entries.map(({ event: { definition, event } }) => ({
        source: definition.busSource,
        detailType: event.type,
        detail: JSON.stringify(event),
        time: event.time,
      })),
    );
    if (failed !== undefined) {
      const error = new Error(`The bus refused an event: ${failed.code}`);
      return { index: entries[failed.index]?.change ?? 0, error };
    }
    await noteComplaintDue(changes, due);
    await noteSanctionDue(changes, sanctionDue);
    return undefined;
  });
}
