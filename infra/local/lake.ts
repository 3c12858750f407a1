/**
 * The lake: what Firehose would write to S3, as one object of JSON lines per delivery stream and day of arrival. Lines wait
 * in the store until they are in the file, so none is lost; one may be there twice.
 */
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Store } from './store.ts';
import type { DeliveryStreamModel } from './wiring/model.ts';

const FLUSH_MS = 500;
const LINES_PER_FLUSH = 2_000;

export type LakeOptions = {
  store: Store;
  deliveryStreams: readonly DeliveryStreamModel[];
  /** The directory that stands for a bucket. */
  directoryOf: (bucket: string) => string;
  nowMs: () => number;
};

export class Lake {
  readonly #options: LakeOptions;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LakeOptions) {
    this.#options = options;
    this.soon();
  }

  /** Writes what waits, in a moment. */
  soon(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.flush(), FLUSH_MS);
    this.#timer.unref();
  }

  /** Writes what waits. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { store, deliveryStreams, directoryOf, nowMs } = this.#options;
    for (let lines = store.lakeLines(LINES_PER_FLUSH); lines.length > 0; lines = store.lakeLines(LINES_PER_FLUSH)) {
      const day = new Date(nowMs()).toISOString().slice(0, 10);
      for (const [deliveryStream, ofStream] of Map.groupBy(lines, (line) => line.deliveryStream)) {
        const { bucket = deliveryStream, folder = '' } =
          deliveryStreams.find(({ name }) => name === deliveryStream) ?? {};
        const directory = join(directoryOf(bucket), folder.replace('!{timestamp:yyyy-MM-dd}', day));
        mkdirSync(directory, { recursive: true });
        appendFileSync(join(directory, `${deliveryStream}.ndjson`), ofStream.map(({ line }) => `${line}\n`).join(''));
      }
      store.removeLakeLines(lines.at(-1)?.id ?? 0);
    }
  }
}
