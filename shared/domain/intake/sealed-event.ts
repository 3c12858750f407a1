import type { EventDefinition } from '../../../events/define-event.ts';
import { type CloudEvent, NOTHING_SEALED, SEAL } from '../../../events/envelope.ts';
import { type EventParts, takeApart, withSeals } from '../privacy/event-parts.ts';
import type { CheckedEvent } from './check-event.ts';
import { contentHash } from './content-hash.ts';
import { INTAKE_LIMITS } from './limits.ts';

/** An event as it goes on the bus: `json`, with seals in place of what is personal, and what it says as a hash. */
export type SealedEvent = { definition: EventDefinition; event: CloudEvent; json: string; contentHash: string };

export type Seals = { data?: string | undefined; extensions?: string | undefined };

/** What of an event is to be sealed, and with whose key. */
export function partsOf({ definition, event, input }: CheckedEvent): EventParts {
  return takeApart(definition, input, event.data);
}

/** The event with its seals; `too_large` where they have made it more than the bus takes. */
export function sealedEvent(
  { definition, event }: CheckedEvent,
  { open }: EventParts,
  seals: Seals,
): SealedEvent | 'too_large' {
  const sealed = withSeals(open, seals.data, seals.extensions);
  const json = JSON.stringify(sealed);
  if (Buffer.byteLength(json) > INTAKE_LIMITS.sealedBytes) return 'too_large';
  const { [SEAL]: seal = NOTHING_SEALED } = sealed;
  const hash = contentHash({ type: event.type, time: event.time, data: open.data, seal: String(seal) });
  return { definition, event: { ...event, subject: subjectOf(open) }, json, contentHash: hash };
}

const subjectOf = ({ subject }: EventParts['open']) => (typeof subject === 'string' ? subject : undefined);
