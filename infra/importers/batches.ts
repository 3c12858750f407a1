import type { OutgoingEvent } from './importer.ts';

/** An event as text, so that its size is known and it is written once. */
export type WrittenEvent = { id: string; json: string };

/** What one `POST /v1/events` takes. The bytes stay below 1 MB however that is counted. */
export const BATCH_LIMITS = { events: 100, bytes: 1_000_000 } as const;

/** Groups events, in their order, into batches that one request takes. An event over the limit goes alone. */
export function* batchesOf(
  events: Iterable<OutgoingEvent>,
  limits: { events: number; bytes: number } = BATCH_LIMITS,
): Generator<WrittenEvent[]> {
  let batch: WrittenEvent[] = [];
  // The brackets; each event adds itself and a comma.
  let bytes = 2;
  for (const event of events) {
    const json = JSON.stringify(event);
    const size = Buffer.byteLength(json) + 1;
    if (batch.length > 0 && (batch.length === limits.events || bytes + size > limits.bytes)) {
      yield batch;
      batch = [];
      bytes = 2;
    }
    batch.push({ id: event.id, json });
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
