import { findEvent } from '../../../events/catalogue.ts';
import type { CloudEvent } from '../../../events/envelope.ts';
import type { InboxStore } from '../../../shared/adapters/dynamo/inbox-store.ts';
import { readMessage } from '../../../shared/domain/intake/read-message.ts';
import { membersOf } from '../../../shared/domain/privacy/event-parts.ts';
import type { ArchivedEvent } from './archive.ts';

/** An archived event as a reaction would take it: what its schema knows of it, and what it says as a hash. */
export type Arrival = { event: CloudEvent<string, Record<string, unknown>>; hash: string };

/** Why an event would not be applied. */
export type Refused = { code: string; eventId?: string };

/** What becomes of archived events at the door of every reaction, by what stands in the Inbox now. */
export async function admit(
  events: readonly ArchivedEvent[],
  inbox: Pick<InboxStore, 'standingOf'>,
): Promise<{ admitted: Arrival[]; refused: Refused[] }> {
  const refused: Refused[] = [];
  const arrivals: Arrival[] = [];
  for (const { type, body } of events) {
    const definition = findEvent(type);
    const reading = definition === undefined ? undefined : readMessage(definition, body);
    if (reading === undefined) refused.push({ code: 'unknown_type' });
    else if (!reading.ok) refused.push({ code: reading.code });
    else {
      const event = reading.event as CloudEvent<string, Record<string, unknown>>;
      arrivals.push({ event, hash: reading.contentHash });
    }
  }
  const ids = [...new Set(arrivals.map(({ event }) => event.id))];
  const members = [...new Set(arrivals.flatMap(({ event }) => membersOf(event.data)))];
  const { claims, erased } = await inbox.standingOf(ids, members);
  const admitted = arrivals.filter(({ event, hash }) => {
    const claimed = claims.get(event.id);
    const code = membersOf(event.data).some((memberId) => erased.has(memberId))
      ? 'member_erased'
      : claimed !== undefined && claimed !== hash
        ? 'id_reused'
        : undefined;
    if (code !== undefined) refused.push({ code, eventId: event.id });
    return code === undefined;
  });
  return { admitted, refused };
}
