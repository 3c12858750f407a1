import type { EventDefinition } from '../../../events/define-event.ts';
import { type CloudEvent, SEAL } from '../../../events/envelope.ts';
import { contentHash } from './content-hash.ts';
import { isDeeperThan } from './depth.ts';
import { INTAKE_LIMITS } from './limits.ts';

/** The event of a message as it came, what is sealed of it being sealed. */
export type Message = Readonly<Record<string, unknown>>;

/** A message of a reaction's queue, read: the event with the fields its schema knows, and what it says as a whole. */
export type MessageReading<Event> =
  | { ok: true; event: Event; message: Message; contentHash: string }
  | { ok: false; code: 'malformed_json' | 'invalid_event'; reason: string };

/**
 * Reads a queue message as one event. It may come straight from the bus, where nobody has checked it. What cannot be
 * read now never can be, so the answer is a reason and not an exception.
 */
export function readMessage<Type extends string, Data>(
  definition: EventDefinition<Type, Data>,
  body: string,
): MessageReading<CloudEvent<Type, Data>> {
  let input: unknown;
  try {
    input = JSON.parse(body);
  } catch {
    return { ok: false, code: 'malformed_json', reason: 'The message is no JSON.' };
  }
  if (isDeeperThan(input, INTAKE_LIMITS.depth)) {
    return { ok: false, code: 'invalid_event', reason: `The event has more than ${INTAKE_LIMITS.depth} levels.` };
  }
  const parsed = definition.parse(input);
  if (!parsed.ok) {
    const reason = parsed.errors.map(({ path, message }) => `${path}: ${message}`).join(' ');
    return { ok: false, code: 'invalid_event', reason };
  }
  const { type, time } = parsed.event;
  const message = input as Message;
  const seal = typeof message[SEAL] === 'string' ? message[SEAL] : undefined;
  const hash = contentHash({ type, time, data: message.data, seal });
  return { ok: true, event: parsed.event, message, contentHash: hash };
}
