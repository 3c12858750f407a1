import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ServingOptions, ServingRow } from './recommend-serving.ts';
import type { TrainingOptions, TrainingRow } from './recommend-training.ts';

/** As on a function of three and a half gigabytes, with what ten million interactions take. */
const HEAP_MB = 3_000;
const MOST_OUTPUT_BYTES = 1_000_000;

const alone = async (what: string, options: object): Promise<unknown> => {
  const command = [`--max-old-space-size=${HEAP_MB}`, join(import.meta.dirname, 'recommend-alone.ts')];
  const { stdout } = await promisify(execFile)(process.execPath, [...command, what, JSON.stringify(options)], {
    maxBuffer: MOST_OUTPUT_BYTES,
  });
  return JSON.parse(stdout);
};

/** What learning takes, in a process of its own. */
export const trainingApart = (options: TrainingOptions) => alone('training', options) as Promise<TrainingRow>;

/** What answering takes, in a process of its own. */
export const servingApart = (options: ServingOptions) => alone('serving', options) as Promise<ServingRow>;
