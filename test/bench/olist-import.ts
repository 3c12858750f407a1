/** A real marketplace's export, imported into the local runtime as `npm run import` does it. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DATA_FOLDER } from './data-folder.ts';
import { peaksOf, startBackend, stopBackend } from './local-runtime.ts';

export type OlistImport = {
  /** Orders asked for; undefined where it was the whole export. */
  orders: number | undefined;
  events: number;
  deadLetters: number;
  /** From the start of the command to its end: the reading is in it. */
  seconds: number;
  /** Once the export was read. */
  eventsPerSecond: number;
  /** The highest that the backend's processes ever held, summed; undefined where the system does not tell. */
  peakRssMb: number | undefined;
};

const root = join(import.meta.dirname, '../..');
const FOLDER = join(DATA_FOLDER, 'olist');
const LONGEST_MS = 3_600_000;

/** The first orders by time with all that belongs to them, or all there are. A string says why nothing was measured. */
export async function measureOlistImport(orders: number | undefined): Promise<OlistImport | string> {
  if (!existsSync(FOLDER)) return 'the Olist export is not there';
  const backend = await startBackend();
  try {
    const startedMs = performance.now();
    const told = await runImport([
      ...['--from', 'olist', '--dir', FOLDER, '--url', backend.url, '--json'],
      ...(orders === undefined ? [] : ['--orders', String(orders)]),
    ]);
    const seconds = (performance.now() - startedMs) / 1_000;
    const peaks = backend.process.pid === undefined ? [] : peaksOf(backend.process.pid);
    return {
      orders,
      events: told.sent,
      deadLetters: told.deadLetters ?? 0,
      seconds,
      eventsPerSecond: told.sent / told.seconds,
      peakRssMb: peaks.length === 0 ? undefined : peaks.reduce((sum, { mb }) => sum + mb, 0),
    };
  } finally {
    await stopBackend(backend.process);
  }
}

type Report = { sent: number; seconds: number; deadLetters?: number };

async function runImport(args: readonly string[]): Promise<Report> {
  const command = [join(root, 'infra/commands/import.ts'), ...args];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, command, { timeout: LONGEST_MS });
    return JSON.parse(stdout) as Report;
  } catch (error) {
    // It ends with 1 where events were refused, and has told all the same.
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    if (stdout.startsWith('{')) return JSON.parse(stdout) as Report;
    throw new Error(`The import failed: ${stderr.trim().split('\n').at(-1)}`);
  }
}
