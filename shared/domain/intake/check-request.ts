import type { InputError } from '../../../events/envelope.ts';
import { ID_PATTERN } from '../../../events/ids.ts';
import { correlated } from '../trace/trace.ts';
import { type CheckedEvent, checkEvent, type EventRefusal, type IntakeRules } from './check-event.ts';
import { INTAKE_LIMITS } from './limits.ts';

/** Where an event stands in its request, and the id it gives itself, where it gives one. */
type Place = { index: number; id?: string };

export type NumberedEvent = Place & { checked: CheckedEvent };
export type RefusedEvent = Place & { refusal: EventRefusal };

/** What is to be done with a request: nothing, for a reason; or these events, and not those. */
export type RequestCheck =
  | { kind: 'refused'; code: 'invalid_events' | 'too_many_events'; detail: string }
  | { kind: 'checked'; fit: NumberedEvent[]; refused: RefusedEvent[] };

/** Checks a request of one event or many. The one asked for in batch form must be a list of 1 to 100. */
export function checkRequest(input: unknown, form: 'one' | 'batch', rules: IntakeRules): RequestCheck {
  const events = form === 'one' ? [input] : input;
  if (!Array.isArray(events)) {
    return { kind: 'refused', code: 'invalid_events', detail: 'A batch is a list of events.' };
  }
  if (events.length === 0) return { kind: 'refused', code: 'invalid_events', detail: 'The batch is empty.' };
  if (events.length > INTAKE_LIMITS.eventsPerRequest) {
    const detail = `A request has at most ${INTAKE_LIMITS.eventsPerRequest} events, this one ${events.length}.`;
    return { kind: 'refused', code: 'too_many_events', detail };
  }
  const fit: NumberedEvent[] = [];
  const refused: RefusedEvent[] = [];
  for (const [index, event] of events.entries()) {
    const check = checkEvent(event, rules);
    if (check.ok) fit.push({ index, id: check.checked.event.id, checked: check.checked });
    else refused.push({ index, ...idOf(event), refusal: check.refusal });
  }
  return { kind: 'checked', fit, refused };
}

/** Puts the correlation id of the request that they came with on events that have none of their own. */
export function correlatedEvents(events: readonly NumberedEvent[], correlationId: string | undefined): NumberedEvent[] {
  return events.map(({ checked, ...place }) => ({
    ...place,
    checked: {
      ...checked,
      event: correlated(checked.event, correlationId),
      input: correlated(checked.input, correlationId),
    },
  }));
}

/** The errors of all refused events in one list, with paths from the request's root: `events[3].data.lines`. */
export function errorsOf(refused: readonly RefusedEvent[], form: 'one' | 'batch', limit: number): InputError[] {
  return refused
    .flatMap(({ index, refusal }) =>
      refusal.errors.map((error) => {
        const root = form === 'one' ? '' : `events[${index}]`;
        return { ...error, path: [root, error.path].filter((it) => it !== '').join('.') };
      }),
    )
    .slice(0, limit);
}

function idOf(event: unknown): { id?: string } {
  const id = typeof event === 'object' && event !== null ? (event as { id?: unknown }).id : undefined;
  // What is no id may be anything, and is not said back.
  return typeof id === 'string' && ID_PATTERN.test(id) ? { id } : {};
}
