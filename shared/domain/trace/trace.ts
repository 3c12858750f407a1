import type { CloudEvent } from '../../../events/envelope.ts';
import { ID_PATTERN } from '../../../events/ids.ts';

/**
 * What an event goes back to, as a log may say it: ids alone, and none of a person.
 * - `correlationId`: one for everything that goes back to the same beginning. It is the extension `correlationid` of the event, which whoever
 *   sends it may choose; an event without one is a beginning itself, and its own id it is.
 * - `causationId`: the extension `causationid`, the event or command that this one follows from.
 */
export type Trace = { eventId: string; correlationId: string; causationId?: string };

/** Anything but an id is no trace, and whatever it says is not for a log. */
function idIn(event: object, attribute: 'correlationid' | 'causationid'): string | undefined {
  const value = (event as Readonly<Record<string, unknown>>)[attribute];
  return typeof value === 'string' && ID_PATTERN.test(value) ? value : undefined;
}

export function traceOf(event: Pick<CloudEvent, 'id'>): Trace {
  const causationId = idIn(event, 'causationid');
  return {
    eventId: event.id,
    correlationId: idIn(event, 'correlationid') ?? event.id,
    ...(causationId !== undefined && { causationId }),
  };
}

/** The correlation id that an event brings along; undefined where it is a beginning, so that nothing is kept of it. */
export function ownCorrelation(event: Pick<CloudEvent, 'id'>): string | undefined {
  const { eventId, correlationId } = traceOf(event);
  return correlationId === eventId ? undefined : correlationId;
}

/** The event with a correlation id, where it has none and one is given. */
export function correlated<Event extends object>(event: Event, correlationId: string | undefined): Event {
  if (correlationId === undefined || idIn(event, 'correlationid') !== undefined) return event;
  return { ...event, correlationid: correlationId };
}

/**
 * The event or command that one of our own announcements follows from: facts keep their causes, and announcements tell them. Undefined for
 * what time alone has brought.
 */
export function causeOf({ data }: Pick<CloudEvent, 'data'>): string | undefined {
  const cause = (data as { cause?: { eventId?: unknown; type?: unknown } } | undefined)?.cause;
  if (typeof cause?.eventId !== 'string' || cause.type === 'unknown') return undefined;
  return ID_PATTERN.test(cause.eventId) ? cause.eventId : undefined;
}

/**
 * An announcement with what it goes back to.
 * @param correlations the correlation ids of causes that are no beginnings
 */
export function traced<Event extends CloudEvent>(event: Event, correlations: ReadonlyMap<string, string>): Event {
  const causationid = causeOf(event);
  if (causationid === undefined) return event;
  return { ...event, causationid, correlationid: correlations.get(causationid) ?? causationid };
}

/**
 * Whether what goes back to a beginning is among the one in so many that are written about while all is well. It depends on
 * the correlation id alone, so what is followed at all is followed from the first event to the last, in every function (FNV-1a).
 */
export function isFollowed(correlationId: string, oneIn: number): boolean {
  let hash = 0x811c9dc5;
  for (let index = 0; index < correlationId.length; index += 1) {
    hash = Math.imul(hash ^ correlationId.charCodeAt(index), 0x01000193);
  }
  // The low bits of this hash know little of the first characters.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return ((hash ^ (hash >>> 13)) >>> 0) % oneIn === 0;
}
