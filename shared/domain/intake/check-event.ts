import type { EventDefinition } from '../../../events/define-event.ts';
import type { CloudEvent, InputError } from '../../../events/envelope.ts';
import { isDeeperThan } from './depth.ts';
import { INTAKE_LIMITS } from './limits.ts';

export type EventRefusalCode = 'invalid_event' | 'event_too_large' | 'unknown_type' | 'unknown_currency';

/** Why an event is not taken in: a stable code, a sentence, and where. */
export type EventRefusal = { code: EventRefusalCode; detail: string; errors: InputError[] };

/** An event that is fit: as it came, and as its schema reads it. */
export type CheckedEvent = {
  definition: EventDefinition;
  event: CloudEvent;
  input: Readonly<Record<string, unknown>>;
};

export type EventCheck = { ok: true; checked: CheckedEvent } | { ok: false; refusal: EventRefusal };

export type IntakeRules = {
  findEvent(type: string): EventDefinition | undefined;
  /** Whether the policy that applied at the event's time had a rate for a currency. */
  knowsCurrency(code: string, atMs: number): boolean;
};

/**
 * Decides whether a shop may send this. The refusals, in order of precedence: nested too deeply or no object, too
 * large, no such type (or one that Rapport alone publishes), not as the type's schema has it, a currency the policy
 * does not know.
 */
export function checkEvent(input: unknown, rules: IntakeRules): EventCheck {
  if (isDeeperThan(input, INTAKE_LIMITS.depth)) {
    return refuse('invalid_event', '', 'too_deep', `An event has at most ${INTAKE_LIMITS.depth} levels.`);
  }
  const json = JSON.stringify(input);
  if (Buffer.byteLength(json) > INTAKE_LIMITS.eventBytes) {
    return refuse('event_too_large', '', 'event_too_large', `An event has at most ${INTAKE_LIMITS.eventBytes} bytes.`);
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return refuse('invalid_event', '', 'invalid_type', 'An event is a JSON object.');
  }
  const type = (input as { type?: unknown }).type;
  if (typeof type !== 'string' || type === '') {
    return refuse('invalid_event', 'type', type === undefined ? 'required' : 'invalid_type', 'An event has a type.');
  }
  const definition = rules.findEvent(type);
  if (definition === undefined || definition.direction !== 'in') {
    return refuse('unknown_type', 'type', 'unknown_type', 'No event type of this name can be sent here.');
  }
  const parsed = definition.parse(input);
  if (!parsed.ok) {
    const detail = `The event does not fit ${type}: ${parsed.errors[0]?.path ?? ''}.`;
    return { ok: false, refusal: { code: 'invalid_event', detail, errors: parsed.errors } };
  }
  const currency = currencyOf(parsed.event);
  if (currency !== undefined && !rules.knowsCurrency(currency, Date.parse(parsed.event.time))) {
    return refuse('unknown_currency', 'data.currency', 'unknown_currency', 'The policy has no rate for this currency.');
  }
  return { ok: true, checked: { definition, event: parsed.event, input: input as CheckedEvent['input'] } };
}

function currencyOf(event: CloudEvent): string | undefined {
  const { currency } = event.data as { currency?: unknown };
  return typeof currency === 'string' ? currency : undefined;
}

function refuse(code: EventRefusalCode, path: string, errorCode: string, detail: string): EventCheck {
  return { ok: false, refusal: { code, detail, errors: [{ path, code: errorCode, message: detail }] } };
}
