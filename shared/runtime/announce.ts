import type { EventDefinition } from '../../events/define-event.ts';
import type { CloudEvent } from '../../events/envelope.ts';
import type { InboxStore } from '../adapters/dynamo/inbox-store.ts';
import type { EventBus, UnpublishedEntry } from '../adapters/eventbridge/publish.ts';
import { causeOf, traced, traceOf } from '../domain/trace/trace.ts';
import { errorFields, follows, type Logger, traceFields } from './log.ts';

export type Announcement = { definition: EventDefinition; event: CloudEvent };

export type AnnouncingStores = { bus: EventBus; inbox: Pick<InboxStore, 'correlationsOf'> };

/**
 * Puts what has been committed on the bus, each event with what it follows from and where that began, and says which the bus has not taken.
 *
 * A fact keeps the id of the event that told it, and of that event the Inbox keeps the correlation id, in the claim that it has anyway: so a trace
 * costs no write, and half a read unit for each cause of a batch. Where the Inbox cannot be asked, an announcement begins a trace of its
 * own with its cause: it is late for nobody because of a log.
 */
export async function announce(
  announcements: readonly Announcement[],
  { bus, inbox }: AnnouncingStores,
  { log, functionName }: { log: Logger; functionName: string },
): Promise<UnpublishedEntry[]> {
  if (announcements.length === 0) return [];
  const causes = [...new Set(announcements.flatMap(({ event }) => causeOf(event) ?? []))];
  const correlations = await correlationsOf(causes, inbox, { log, functionName });
  const told = announcements.map(({ definition, event }) => ({ definition, event: traced(event, correlations) }));
  const failed = await bus.publish(
    told.map(({ definition: { busSource }, event }) => ({
      source: busSource,
      detailType: event.type,
      detail: JSON.stringify(event),
      time: event.time,
    })),
  );
  const unpublished = new Map(failed.map(({ index, code }) => [index, code]));
  for (const [index, { event }] of told.entries()) {
    const fields = { function: functionName, ...traceFields(event) };
    const code = unpublished.get(index);
    if (code !== undefined) log.warn('unpublished', { ...fields, code });
    else if (follows(traceOf(event))) log.info('published', fields);
  }
  return failed;
}

async function correlationsOf(
  causes: readonly string[],
  inbox: AnnouncingStores['inbox'],
  { log, functionName }: { log: Logger; functionName: string },
): Promise<ReadonlyMap<string, string>> {
  if (causes.length === 0) return new Map();
  try {
    return await inbox.correlationsOf(causes);
  } catch (error) {
    log.warn('untraced', { function: functionName, causes: causes.length, ...errorFields(error) });
    return new Map();
  }
}
