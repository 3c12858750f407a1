import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { type ClientOptions, clientSettings } from '../aws/client-settings.ts';

/** One event for the bus: `source` is `rapport.<family>`, `detailType` the event's type, `detail` the whole CloudEvent as JSON. */
export type BusEntry = { source: string; detailType: string; detail: string; time: string };

/** An entry the bus has not taken, by its place in what was given. */
export type UnpublishedEntry = { index: number; code: string };

export type EventBus = {
  /** Puts every entry on the bus and says which were not taken, in ascending order; it does not throw for those. */
  publish(entries: readonly BusEntry[]): Promise<UnpublishedEntry[]>;
};

/** Limits of one PutEvents request. */
const ENTRIES_PER_REQUEST = 10;
const BYTES_PER_REQUEST = 256 * 1024;
const TIME_BYTES = 14;

/** A request may succeed and still leave entries behind; those are sent again this often, then given up on. */
const ATTEMPTS = 4;
const BACKOFF_BASE_MS = 50;
const REQUESTS_AT_ONCE = 5;

export function eventBridgeClient(options?: ClientOptions): EventBridgeClient {
  return new EventBridgeClient(clientSettings(options));
}

export type PublishOptions = { wait?: (milliseconds: number) => Promise<unknown> };

export function eventBus(client: EventBridgeClient, busName: string, options: PublishOptions = {}): EventBus {
  const wait = options.wait ?? ((milliseconds) => new Promise((done) => setTimeout(done, milliseconds)));
  return {
    async publish(entries) {
      const chunks = chunked(entries);
      const failed: UnpublishedEntry[] = [];
      const worker = async () => {
        for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) {
          failed.push(...(await publishChunk(client, busName, chunk, wait)));
        }
      };
      await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, worker));
      return failed.sort((a, b) => a.index - b.index);
    },
  };
}

type Numbered = { index: number; entry: BusEntry };

async function publishChunk(
  client: EventBridgeClient,
  busName: string,
  chunk: readonly Numbered[],
  wait: (milliseconds: number) => Promise<unknown>,
): Promise<UnpublishedEntry[]> {
  let pending = chunk;
  for (let attempt = 1; ; attempt += 1) {
    const { failed, final } = await putOnce(client, busName, pending);
    if (failed.length === 0 || final || attempt === ATTEMPTS) return failed;
    const open = new Set(failed.map(({ index }) => index));
    pending = pending.filter(({ index }) => open.has(index));
    await wait(Math.random() * BACKOFF_BASE_MS * 2 ** attempt);
  }
}

/**
 * `final`: the request failed as a whole, after the client's own retries; to ask again at once would only add load.
 */
async function putOnce(
  client: EventBridgeClient,
  busName: string,
  chunk: readonly Numbered[],
): Promise<{ failed: UnpublishedEntry[]; final: boolean }> {
  try {
    const answer = await client.send(
      new PutEventsCommand({ Entries: chunk.map(({ entry }) => toRequestEntry(entry, busName)) }),
    );
    if ((answer.FailedEntryCount ?? 0) === 0) return { failed: [], final: false };
    const failed = chunk.flatMap(({ index }, at) => {
      const result = answer.Entries?.[at];
      return result?.EventId === undefined ? [{ index, code: result?.ErrorCode ?? 'NoAnswer' }] : [];
    });
    return { failed, final: false };
  } catch (error) {
    const code = error instanceof Error ? error.name : 'UnknownError';
    return { failed: chunk.map(({ index }) => ({ index, code })), final: true };
  }
}

function toRequestEntry(entry: BusEntry, busName: string): PutEventsRequestEntry {
  return {
    EventBusName: busName,
    Source: entry.source,
    DetailType: entry.detailType,
    Detail: entry.detail,
    Time: new Date(entry.time),
  };
}

function chunked(entries: readonly BusEntry[]): Numbered[][] {
  const chunks: Numbered[][] = [];
  let chunk: Numbered[] = [];
  let bytes = 0;
  for (const [index, entry] of entries.entries()) {
    const size = entryBytes(entry);
    if (chunk.length > 0 && (chunk.length === ENTRIES_PER_REQUEST || bytes + size > BYTES_PER_REQUEST)) {
      chunks.push(chunk);
      chunk = [];
      bytes = 0;
    }
    chunk.push({ index, entry });
    bytes += size;
  }
  if (chunk.length > 0) chunks.push(chunk);
  return chunks;
}

/** As EventBridge counts: the text in UTF-8 and 14 bytes for the time. */
function entryBytes(entry: BusEntry): number {
  return TIME_BYTES + Buffer.byteLength(entry.source + entry.detailType) + Buffer.byteLength(entry.detail);
}
