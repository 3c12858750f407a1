/**
 * The lake: what Firehose would write to S3, as one object of JSON lines per delivery stream and day of arrival. Lines wait
 * in the store until they have been through their function and are in the file, so none is lost; one may be there twice.
 */
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FirehoseTransformationEvent, FirehoseTransformationResult } from 'aws-lambda';
import type { Store } from './store.ts';
import type { DeliveryStreamModel } from './wiring/model.ts';

const FLUSH_MS = 500;
const LINES_PER_FLUSH = 2_000;
/** Where records end that a function could not take, beside the folder of the others. */
const ERRORS_FOLDER = 'errors/processing-failed/day=!{timestamp:yyyy-MM-dd}';

export type LakeOptions = {
  store: Store;
  deliveryStreams: readonly DeliveryStreamModel[];
  /** The directory that stands for a bucket. */
  directoryOf: (bucket: string) => string;
  nowMs: () => number;
  invoke: (functionName: string, event: unknown) => Promise<unknown>;
  /** Told when a function has failed; its lines stay, and are tried again. */
  onError: (error: unknown) => void;
};

export class Lake {
  readonly #options: LakeOptions;
  #timer: NodeJS.Timeout | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(options: LakeOptions) {
    this.#options = options;
    this.soon();
  }

  /** Writes what waits, in a moment. */
  soon(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => void this.flush(), FLUSH_MS);
    this.#timer.unref();
  }

  /** Writes what waits; one after the other, so that no line is read twice. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#last = this.#last.then(() => this.#write()).catch((error: unknown) => this.#options.onError(error));
    return this.#last;
  }

  async #write(): Promise<void> {
    const { store, deliveryStreams } = this.#options;
    for (let lines = store.lakeLines(LINES_PER_FLUSH); lines.length > 0; lines = store.lakeLines(LINES_PER_FLUSH)) {
      for (const [name, ofStream] of Map.groupBy(lines, (line) => line.deliveryStream)) {
        const stream = deliveryStreams.find((it) => it.name === name);
        if (stream === undefined) throw new Error(`There is no delivery stream ${name}`);
        const { done, failed } = await this.#through(
          stream,
          ofStream.map(({ line }) => line),
        );
        this.#append(stream, stream.folder, done);
        this.#append(stream, ERRORS_FOLDER, failed);
      }
      store.removeLakeLines(lines.at(-1)?.id ?? 0);
    }
  }

  async #through({ name, through }: DeliveryStreamModel, lines: readonly string[]) {
    let done = [...lines];
    const failed: string[] = [];
    for (const functionName of through) {
      const records = done.map((line, at) => ({
        recordId: String(at),
        approximateArrivalTimestamp: this.#options.nowMs(),
        data: Buffer.from(line).toString('base64'),
      }));
      const event: FirehoseTransformationEvent = {
        invocationId: name,
        deliveryStreamArn: name,
        region: 'local',
        records,
      };
      const answer = (await this.#options.invoke(functionName, event)) as FirehoseTransformationResult;
      const byId = new Map(answer.records.map((record) => [record.recordId, record]));
      const outcomes = done.map((line, at) => ({ line, record: byId.get(String(at)) }));
      failed.push(
        ...outcomes
          .filter(({ record }) => (record?.result ?? 'ProcessingFailed') === 'ProcessingFailed')
          .map(({ line }) => line),
      );
      done = outcomes.flatMap(({ record }) =>
        record?.result === 'Ok' && record.data !== undefined
          ? [Buffer.from(record.data, 'base64').toString('utf8').trimEnd()]
          : [],
      );
    }
    return { done, failed };
  }

  #append({ name, bucket }: DeliveryStreamModel, folder: string, lines: readonly string[]): void {
    if (lines.length === 0) return;
    const day = new Date(this.#options.nowMs()).toISOString().slice(0, 10);
    const directory = join(this.#options.directoryOf(bucket), folder.replace('!{timestamp:yyyy-MM-dd}', day));
    mkdirSync(directory, { recursive: true });
    appendFileSync(join(directory, `${name}.ndjson`), lines.map((line) => `${line}\n`).join(''));
  }
}
