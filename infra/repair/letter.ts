import type { Message } from '@aws-sdk/client-sqs';
import { findEvent } from '../../events/catalogue.ts';

/** A message that nobody could take, as far as it tells about itself. */
export type Letter = {
  queue: string;
  messageId: string;
  body: string;
  /** Why it is here: a stable code, and a reason in words. */
  code: string;
  reason: string;
  /** Of the event that it carries, where it carries one. */
  eventId?: string;
  type?: string;
  /** When the event happened, as it says itself. */
  time?: string;
  /** When the message came into this queue, in milliseconds since 1970. */
  sinceMs: number;
  /** Everything that came with the message beside its body. */
  attributes: Readonly<Record<string, string>>;
};

/**
 * Reads a message of a dead-letter queue. Code and reason are what the handler said (`code`, `reason`), what EventBridge
 * said of a target it could not reach (`ERROR_CODE`, `ERROR_MESSAGE`), or what Lambda said of a stream (`condition`).
 */
export function readLetter(queue: string, message: Message): Letter {
  const body = message.Body ?? '';
  const content = parsed(body);
  const own = Object.entries(message.MessageAttributes ?? {}).map(([name, { StringValue }]) => [
    name,
    StringValue ?? '',
  ]);
  const attributes: Record<string, string> = Object.fromEntries(own);
  const system: Readonly<Record<string, string | undefined>> = message.Attributes ?? {};
  const streamCondition = textAt(content, 'requestContext', 'condition');
  const sinceMs = Number(system.SentTimestamp ?? 0);
  const code = attributes.code ?? attributes.ERROR_CODE ?? streamCondition ?? 'retries_exhausted';
  const reason = attributes.reason ?? attributes.ERROR_MESSAGE ?? textAt(content, 'reason') ?? 'It failed every time.';
  const event = eventOf(content);
  return { queue, messageId: message.MessageId ?? '', body, code, reason, ...event, sinceMs, attributes };
}

/** The event of a body that is one, whole or in the envelope of the bus. */
function eventOf(content: unknown): Pick<Letter, 'eventId' | 'type' | 'time'> {
  const type = textAt(content, 'type') ?? textAt(content, 'detail-type');
  const eventId = textAt(content, 'id');
  const time = textAt(content, 'time');
  if (type === undefined || (findEvent(type) === undefined && textAt(content, 'specversion') === undefined)) return {};
  return { type, ...(eventId === undefined ? {} : { eventId }), ...(time === undefined ? {} : { time }) };
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A text in nested objects, or undefined where there is none. */
export function textAt(value: unknown, ...path: string[]): string | undefined {
  let found = value;
  for (const key of path) {
    found = typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[key] : undefined;
  }
  return typeof found === 'string' ? found : undefined;
}
