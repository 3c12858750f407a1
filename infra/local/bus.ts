/** The event bus: what PutEvents accepts is in every matching queue, on disk, before it answers. */
import { randomUUID } from 'node:crypto';
import type { Chaos } from './chaos.ts';
import { steadyNowMs } from './steady-time.ts';
import type { Store } from './store.ts';
import type { RuleModel, RuleTarget, Wiring } from './wiring/model.ts';

/** An entry of PutEvents as it comes over the wire; anything may be missing. */
export type PutEventsEntry = {
  Source?: unknown;
  DetailType?: unknown;
  Detail?: unknown;
  EventBusName?: unknown;
  Time?: unknown;
  Resources?: unknown;
};

export type PutEventsResult = { EventId: string } | { ErrorCode: string; ErrorMessage: string };

/** A request that EventBridge refuses as a whole. */
export class PutEventsRefused extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** EventBridge's limits: entries in one request, and bytes of all of them together. */
const MAX_ENTRIES = 10;
const MAX_REQUEST_BYTES = 256 * 1024;

export type BusOptions = {
  wiring: Wiring;
  store: Store;
  chaos: () => Chaos | undefined;
  /** Told after the events are kept: the queues that got something, and the latest `time` of the events. */
  onAccepted: (queues: ReadonlySet<string>, latestMs: number | undefined) => void;
  /** Told of each event that is kept, as rules see it. */
  onEvent?: ((event: Readonly<Record<string, unknown>>) => void) | undefined;
};

type Accepted = { bus: string; event: Record<string, unknown>; eventId: string };

export class Bus {
  readonly #options: BusOptions;

  constructor(options: BusOptions) {
    this.#options = options;
  }

  /**
   * Takes up to ten events.
   * @returns one result per entry, in order; an entry that fails does not touch the others
   * @throws PutEventsRefused for a request that is too long or too large
   */
  putEvents(entries: readonly PutEventsEntry[]): PutEventsResult[] {
    if (entries.length === 0 || entries.length > MAX_ENTRIES) {
      throw new PutEventsRefused(
        'ValidationException',
        `A request has 1 to ${MAX_ENTRIES} entries, not ${entries.length}`,
      );
    }
    if (entries.reduce((bytes, entry) => bytes + sizeOf(entry), 0) > MAX_REQUEST_BYTES) {
      throw new PutEventsRefused('ValidationException', 'Total size of the entries in the request is over the limit.');
    }
    const accepted: Accepted[] = [];
    const results = entries.map((entry): PutEventsResult => {
      const result = this.#read(entry);
      if ('ErrorCode' in result) return result;
      accepted.push(result);
      return { EventId: result.eventId };
    });
    this.#keep(accepted);
    return results;
  }

  #read(entry: PutEventsEntry): Accepted | { ErrorCode: string; ErrorMessage: string } {
    const { Source, DetailType, Detail, EventBusName, Time, Resources } = entry;
    const invalid = (ErrorMessage: string) => ({ ErrorCode: 'InvalidArgument', ErrorMessage });
    if (typeof Source !== 'string' || Source === '')
      return invalid('Parameter Source is not valid. Reason: Source is a required argument.');
    if (Source.startsWith('aws.')) {
      return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
    }
    if (typeof DetailType !== 'string' || DetailType === '') {
      return invalid('Parameter DetailType is not valid. Reason: DetailType is a required argument.');
    }
    if (typeof Detail !== 'string')
      return invalid('Parameter Detail is not valid. Reason: Detail is a required argument.');
    const detail = parsedObject(Detail);
    if (detail === undefined) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    const { wiring } = this.#options;
    const bus = wiring.buses.find(
      (name) => EventBusName === name || String(EventBusName).endsWith(`:event-bus/${name}`),
    );
    if (bus === undefined) {
      return {
        ErrorCode: 'ResourceNotFoundException',
        ErrorMessage: `Event bus ${String(EventBusName)} does not exist.`,
      };
    }
    const eventId = randomUUID();
    const event = {
      version: '0',
      id: eventId,
      'detail-type': DetailType,
      source: Source,
      account: wiring.account,
      time: new Date(typeof Time === 'number' ? Time * 1000 : Date.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
      region: wiring.region,
      resources: Array.isArray(Resources) ? Resources.map(String) : [],
      detail,
    };
    return { bus, event, eventId };
  }

  #keep(accepted: readonly Accepted[]): void {
    const { store, wiring, onAccepted, onEvent } = this.#options;
    const queues = new Set<string>();
    store.transaction(() => {
      for (const { bus, event } of accepted) {
        for (const rule of wiring.rules) {
          if (rule.bus === bus && rule.matches(event)) this.#hand(event, rule, queues);
        }
        for (const archive of wiring.archives) {
          if (archive.bus !== bus || !archive.matches(event)) continue;
          store.addToArchive(archive.name, Date.parse(String(event.time)), JSON.stringify(event));
        }
      }
    });
    for (const { event } of accepted) onEvent?.(event);
    onAccepted(queues, latestOf(accepted));
  }

  /**
   * Hands archived events to the rules of a bus again, or to some of them. Each says the name of its replay, and is not archived a
   * second time, as in EventBridge.
   * @param rules the names of the only rules that get them; all where left out
   */
  replay(bus: string, replayName: string, events: readonly string[], rules?: ReadonlySet<string>): void {
    const { store, wiring, onAccepted } = this.#options;
    const queues = new Set<string>();
    const replayed = events.map((text) => ({ ...(JSON.parse(text) as object), 'replay-name': replayName }));
    store.transaction(() => {
      for (const event of replayed) {
        for (const rule of wiring.rules) {
          const asked = rule.bus === bus && rules?.has(rule.name) !== false;
          if (asked && rule.matches(event)) this.#hand(event, rule, queues);
        }
      }
    });
    onAccepted(queues, undefined);
  }

  #hand(event: Readonly<Record<string, unknown>>, rule: RuleModel, queues: Set<string>): void {
    for (const target of rule.targets) {
      const body = JSON.stringify(pick(event, target));
      if (target.kind === 'lake') {
        this.#options.store.addToLake(target.deliveryStream, body);
        continue;
      }
      const queue = target.kind === 'queue' ? target.queue : asyncQueueOf(target.functionName);
      this.#deliver(queue, body);
      queues.add(queue);
    }
  }

  #deliver(queue: string, body: string): void {
    const { store, chaos } = this.#options;
    const misfortune = chaos();
    const copies = misfortune?.strikes('duplicate') === true ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const late = misfortune?.lateByMs() ?? 0;
      store.add({
        queue,
        messageId: randomUUID(),
        body,
        attributes: {},
        visibleAtMs: late === 0 ? 0 : steadyNowMs() + late,
      });
    }
  }
}

/** The queue inside Lambda that holds a function's asynchronous invocations. */
export function asyncQueueOf(functionName: string): string {
  return `lambda:${functionName}`;
}

function pick(event: unknown, target: RuleTarget): unknown {
  let value = event;
  for (const field of target.inputPath) {
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined;
  }
  return value ?? null;
}

/** The size EventBridge counts: 14 bytes for a time, and the UTF-8 bytes of the texts. */
function sizeOf(entry: PutEventsEntry): number {
  const texts = [
    entry.Source,
    entry.DetailType,
    entry.Detail,
    ...(Array.isArray(entry.Resources) ? entry.Resources : []),
  ];
  const bytes = texts.reduce<number>((sum, text) => sum + (typeof text === 'string' ? Buffer.byteLength(text) : 0), 0);
  return bytes + (entry.Time === undefined ? 0 : 14);
}

function parsedObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function latestOf(accepted: readonly Accepted[]): number | undefined {
  let latest: number | undefined;
  for (const { event } of accepted) {
    const detail = event.detail as Record<string, unknown>;
    const at = typeof detail.time === 'string' ? Date.parse(detail.time) : Number.NaN;
    if (!Number.isNaN(at)) latest = Math.max(latest ?? at, at);
  }
  return latest;
}
