import type { EventDefinition } from '../events/define-event.ts';
import { MEDIA_TYPE_EVENT } from '../events/envelope.ts';
import { type JsonObject, schemaFile } from './json-schemas.ts';

/** Every event version as AsyncAPI 3.0: what Rapport receives from the bus, and what it sends there. */
export function asyncApi(events: readonly EventDefinition[], version: string): JsonObject {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Rapport events',
      version,
      description:
        'Events are CloudEvents 1.0 on an EventBridge bus: `source` is `rapport.` and the family, `detail-type` the ' +
        'type, `detail` the whole CloudEvent. They are delivered at least once and in any order; the id says which ' +
        'are the same. Unknown fields of `data` are ignored and kept. Personal fields (`x-personal` in the schemas) and ' +
        'unknown ones are sealed before anything reacts to an event: they are then in the extension `rapportseal`, ' +
        'encrypted, and open to those functions alone that need them. Extensions `correlationid`, `causationid` and ' +
        '`traceparent` stay readable.',
    },
    defaultContentType: MEDIA_TYPE_EVENT,
    channels: Object.fromEntries(events.map((event) => [event.type, channel(event)])),
    operations: Object.fromEntries(events.map((event) => [operationName(event), operation(event)])),
    components: { messages: Object.fromEntries(events.map((event) => [event.type, message(event)])) },
  };
}

function channel(event: EventDefinition): JsonObject {
  return {
    address: `${event.busSource}/${event.type}`,
    description: `On the bus: source \`${event.busSource}\`, detail-type \`${event.type}\`.`,
    messages: { event: { $ref: `#/components/messages/${event.type}` } },
  };
}

const operationName = (event: EventDefinition): string =>
  `${event.direction === 'in' ? 'receive' : 'send'}.${event.type}`;

function operation(event: EventDefinition): JsonObject {
  return {
    action: event.direction === 'in' ? 'receive' : 'send',
    summary: event.summary,
    channel: { $ref: `#/channels/${event.type}` },
    messages: [{ $ref: `#/channels/${event.type}/messages/event` }],
  };
}

function message(event: EventDefinition): JsonObject {
  return {
    name: event.type,
    title: event.type,
    summary: event.summary,
    contentType: MEDIA_TYPE_EVENT,
    tags: [{ name: event.family }],
    payload: { $ref: `./${schemaFile(event.type)}` },
    examples: [{ name: 'sample', payload: event.sample }],
  };
}
