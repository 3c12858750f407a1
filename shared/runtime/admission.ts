import type { CloudEvent } from '../../events/envelope.ts';
import type { Claim, InboxStore, Standing } from '../adapters/dynamo/inbox-store.ts';
import { membersOf } from '../domain/privacy/event-parts.ts';
import { ownCorrelation } from '../domain/trace/trace.ts';
import { nowMs } from './clock.ts';
import { inTurn } from './in-turn.ts';

/** A message that has been read: the event, what it says as a whole, and the text it came as. */
export type Arrival = { event: CloudEvent; contentHash: string; body: string };

/** `erased`: the event is of a member whom the shop has forgotten, and is not applied. */
export type Admission = 'admitted' | 'refused' | 'erased';

/**
 * Checks a batch of arrivals against the Inbox: one read for all ids and all members; a claim for an event that came straight to the
 * bus and so has none. What is refused is kept for the desk. Where the one read fails, every arrival fails by itself.
 */
export function admitBatch(
  arrivals: readonly Arrival[],
  inbox: Pick<InboxStore, 'standingOf' | 'claim' | 'refuse'>,
): (arrival: Arrival) => Promise<Admission> {
  const ids = [...new Set(arrivals.map(({ event }) => event.id))];
  const members = [...new Set(arrivals.flatMap(({ event }) => membersOf(event.data)))];
  const nothing: Standing = { claims: new Map(), erased: new Set() };
  const standing = ids.length === 0 ? Promise.resolve(nothing) : inbox.standingOf(ids, members);
  standing.catch(() => undefined);
  const perId = inTurn();
  return (arrival) =>
    perId(arrival.event.id, async () => {
      const { claims, erased } = await standing;
      if (membersOf(arrival.event.data).some((memberId) => erased.has(memberId))) return 'erased';
      const known = claims.get(arrival.event.id);
      if (known === arrival.contentHash) return 'admitted';
      if (known === undefined && (await inbox.claim(claimOf(arrival))) === 'claimed') return 'admitted';
      await inbox.refuse(reusedId(arrival));
      return 'refused';
    });
}

/** The claim of an event on its id. */
export function claimOf({ event, contentHash }: Pick<Arrival, 'event' | 'contentHash'>): Claim {
  return { eventId: event.id, contentHash, type: event.type, correlationId: ownCorrelation(event) };
}

/** The refusal of an event whose id stands for other content. */
export function reusedId({ event, contentHash, body }: Arrival) {
  return {
    eventId: event.id,
    contentHash,
    type: event.type,
    subject: event.subject,
    code: 'id_reused',
    reason: 'The id of this event stands for other content.',
    content: body,
    since: new Date(nowMs()).toISOString(),
  };
}
