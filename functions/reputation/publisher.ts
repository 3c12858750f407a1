import { type EventBus, eventBridgeClient, eventBus } from '../../shared/adapters/eventbridge/publish.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { type StreamDependencies, streamHandler } from '../../shared/runtime/stream-handler.ts';
import { announcementsOf } from './announcements-of.ts';

export type PublisherDependencies = StreamDependencies & { bus: EventBus };

/** Opens what the publisher needs, from its environment. */
function openPublisher(): PublisherDependencies {
  return { bus: eventBus(eventBridgeClient(), readEnv('BUS_NAME').BUS_NAME) };
}

/**
 * The handler that tells the bus where reviews, scores and complaints stand: it reads the table's stream, so nothing is told that
 * was not written, and nothing that was written is forgotten.
 */
export function publisher(open: () => PublisherDependencies = openPublisher) {
  return streamHandler(open, async (changes, { bus }) => {
    const entries = changes.flatMap((it, change) => announcementsOf(it).map((event) => ({ change, event })));
    const [failed] = await bus.publish(
      entries.map(({ event: { definition, event } }) => ({
        source: definition.busSource,
        detailType: event.type,
        detail: JSON.stringify(event),
        time: event.time,
      })),
    );
    if (failed === undefined) return undefined;
    return { index: entries[failed.index]?.change ?? 0, error: new Error(`The bus refused an event: ${failed.code}`) };
  });
}
