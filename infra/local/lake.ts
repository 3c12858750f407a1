/**
 * The lake: what Firehose would write to S3, as one file of JSON lines per delivery stream and day of arrival. Lines wait
 * in the store until they are in the file, so none is lost; one may be there twice.
 */
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Store } from './store.ts';

const FLUSH_MS = 500;
const LINES_PER_FLUSH = 2_000;

export class Lake {
  readonly #directory: string;
  readonly #store: Store;
  #timer: NodeJS.Timeout | undefined;

  constructor(directory: string, store: Store) {
    this.#directory = directory;
    this.#store = store;
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
    for (
      let lines = this.#store.lakeLines(LINES_PER_FLUSH);
      lines.length > 0;
      lines = this.#store.lakeLines(LINES_PER_FLUSH)
    ) {
      const day = new Date().toISOString().slice(0, 10);
      for (const [deliveryStream, ofStream] of Map.groupBy(lines, (line) => line.deliveryStream)) {
        const directory = join(this.#directory, deliveryStream);
        mkdirSync(directory, { recursive: true });
        appendFileSync(join(directory, `${day}.ndjson`), ofStream.map(({ line }) => `${line}\n`).join(''));
      }
      this.#store.removeLakeLines(lines.at(-1)?.id ?? 0);
    }
  }
}
