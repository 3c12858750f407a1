/** What events and commands of one kind take, gathered from many of them. */
import type { MeteredShop, Publishing } from './metered-shop.ts';
import type { SampleEvent } from './sample-orders.ts';
import { mean, median } from './statistics.ts';
import type { Took } from './took.ts';

/** Averages per event, or command; CPU in milliseconds of this machine. */
export type Effort = {
  claimWru: number;
  admissionRru: number;
  wru: number;
  rru: number;
  /** Per invocation: which policies there are. */
  policyRru: number;
  /** Notes of what falls due that the work itself takes away. */
  noteWru: number;
  /** The event on the bus, with the envelope that EventBridge puts around it. */
  busBytes: number;
  answerBytes: number;
  cpuOfOneMs: number;
  cpuOfTenMs: number;
  /** Whatever came together. */
  cpuPerEventMs: number;
  logBytesPerBatch: number;
  logLinesPerBatch: number;
  published: {
    /** Records of the stream. */
    records: number;
    events: number;
    types: Record<string, number>;
    /** Notes of what falls due next, and pages of the journal. */
    noteWru: number;
    rru: number;
    /** Per invocation. */
    policyRru: number;
    logBytesPerBatch: number;
    logLinesPerBatch: number;
    /** By the number of records that the publisher was given at a time. */
    cpu: { records: number; cpuMs: number }[];
  };
};

type Batch = { took: Took; events: number; timed: boolean };
type Published = Publishing & { asked: number; timed: boolean };

/** `timed`: the code is warm; the first rounds are lived, but their time does not count. */
export class Samples {
  readonly #batches: Batch[] = [];
  readonly #published: Published[] = [];
  readonly #busBytes: number[] = [];

  took(took: Took, { events = 1, timed = true }: { events?: number; timed?: boolean } = {}): void {
    if (events > 0) this.#batches.push({ took, events, timed });
  }

  get events(): number {
    return sum(this.#batches.map(({ events }) => events));
  }

  /** The size of events on the bus. */
  onBus(events: readonly SampleEvent[]): void {
    this.#busBytes.push(...events.map((it) => busBytes(Buffer.byteLength(JSON.stringify(it)), it.type)));
  }

  /** What the publisher made of it, so many records at a time. */
  async publish(shop: MeteredShop, records: number, timed = true): Promise<void> {
    this.#published.push({ ...(await shop.publish(records)), asked: records, timed });
  }

  effort(): Effort {
    const batches = this.#batches;
    const published = this.#published;
    const timed = batches.filter((it) => it.timed);
    const events = sum(batches.map((it) => it.events));
    const perEvent = (pick: (took: Took) => number) => sum(batches.map(({ took }) => pick(took))) / events;
    const told = (pick: (took: Took) => number) => sum(published.map(({ took }) => pick(took)));
    const cpuOf = (size: number) => median(timed.filter((it) => it.events === size).map(({ took }) => took.cpuMs));
    const types: Record<string, number> = {};
    for (const [type, count] of published.flatMap((it) => Object.entries(it.types))) {
      types[type] = (types[type] ?? 0) + count / events;
    }
    const invocations = Math.max(1, sum(published.map((it) => it.invocations)));
    const asked = [...new Set(published.map((it) => it.asked))].sort((a, b) => a - b);
    return {
      claimWru: perEvent(({ inboxWrites }) => inboxWrites),
      admissionRru: perEvent(({ inboxReads }) => inboxReads),
      wru: perEvent(({ tableWrites }) => tableWrites),
      rru: perEvent(({ tableReads }) => tableReads),
      policyRru: mean(batches.map(({ took }) => took.policyReads)),
      noteWru: perEvent(({ noteWrites }) => noteWrites),
      busBytes: this.#busBytes.length === 0 ? 0 : mean(this.#busBytes),
      answerBytes: perEvent(({ answerBytes }) => answerBytes),
      cpuOfOneMs: cpuOf(1),
      cpuOfTenMs: cpuOf(10),
      cpuPerEventMs: sum(timed.map(({ took }) => took.cpuMs)) / sum(timed.map((it) => it.events)),
      logBytesPerBatch: mean(batches.map(({ took }) => took.logBytes)),
      logLinesPerBatch: mean(batches.map(({ took }) => took.logLines)),
      published: {
        records: sum(published.map((it) => it.records)) / events,
        events: sum(published.map((it) => it.events)) / events,
        types,
        noteWru: told(({ noteWrites }) => noteWrites) / events,
        rru: told(({ tableReads }) => tableReads) / events,
        policyRru: told(({ policyReads }) => policyReads) / invocations,
        logBytesPerBatch: told(({ logBytes }) => logBytes) / invocations,
        logLinesPerBatch: told(({ logLines }) => logLines) / invocations,
        cpu: asked.flatMap((size) => {
          const those = published.filter((it) => it.timed && it.asked === size && it.invocations > 0);
          if (those.length === 0) return [];
          return {
            records: mean(those.map((it) => it.records / it.invocations)),
            cpuMs: median(those.map((it) => it.took.cpuMs / it.invocations)),
          };
        }),
      },
    };
  }
}

/** The bytes of an event as the bus, and so the archive, sees it. */
function busBytes(detailBytes: number, type: string): number {
  const envelope = {
    version: '0',
    id: '00000000-0000-0000-0000-000000000000',
    'detail-type': type,
    source: `rapport.${type.split('.')[0]}`,
    account: '000000000000',
    time: '2026-01-05T10:00:00Z',
    region: 'us-east-1',
    resources: [],
  };
  return detailBytes + Buffer.byteLength(JSON.stringify(envelope)) + ',"detail":'.length;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
