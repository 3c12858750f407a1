/** `npm start`: the whole backend on this machine, until Ctrl-C. */
import { parseArgs } from 'node:util';
import type { LogEntry } from '../local/log.ts';
import type { RuntimeOptions } from '../local/runtime.ts';
import { UsageError } from './usage-error.ts';

const help = `Usage: npm start [-- options]

Runs the whole backend on this machine and prints "ready <url>" when it serves. Ctrl-C ends it; nothing accepted is lost.

  --port <number>      port of the HTTP API (default 4000; 0 takes any free one)
  --data <directory>   where data and the log are kept (default .rapport)
  --fresh              empty that directory first
  --memory             keep nothing
  --virtual-clock      time follows the events, from 1970 on, and is moved by POST /local/clock
  --chaos-seed <n>     deliver with duplicates, delays, crashes and busy tables, by this seed
  --help               show this
`;

/** What --chaos-seed turns on: rough, but so that everything still arrives. */
const roughDay = {
  duplicate: 0.05,
  reorder: 0.2,
  delay: 0.05,
  crashBefore: 0.02,
  crashAfter: 0.02,
  throttle: 0.01,
  conflict: 0.02,
  lostAnswer: 0.01,
};

const PARENT_CHECK_MS = 200;
const BRIEF_LENGTH = 300;

function read(args: readonly string[]): (RuntimeOptions & { help: boolean }) | UsageError {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: '4000' },
        data: { type: 'string' },
        fresh: { type: 'boolean', default: false },
        memory: { type: 'boolean', default: false },
        'virtual-clock': { type: 'boolean', default: false },
        'chaos-seed': { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.memory && (values.data !== undefined || values.fresh)) {
      throw new UsageError('--memory keeps nothing, so it goes without --data and --fresh');
    }
    const chaosSeed = values['chaos-seed'];
    return {
      help: values.help,
      port: wholeNumber('--port', values.port, 65_535),
      fresh: values.fresh,
      virtualClock: values['virtual-clock'],
      ...(values.memory ? {} : { dataDirectory: values.data ?? '.rapport' }),
      ...(chaosSeed === undefined
        ? {}
        : { chaos: { seed: wholeNumber('--chaos-seed', chaosSeed, 2 ** 32 - 1), ...roughDay } }),
    };
  } catch (error) {
    return new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function wholeNumber(flag: string, text: string, highest: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= highest)) throw new UsageError(`${flag} takes a whole number up to ${highest}, not "${text}"`);
  return value;
}

/** Prints errors; and warnings where no log file takes them. */
function troublePrinter(hasLogFile: boolean): (entry: LogEntry) => void {
  return ({ level, function: name, line }) => {
    if (level !== 'error' && (hasLogFile || level !== 'warn')) return;
    process.stderr.write(`${level}${name === undefined ? '' : ` ${name}`}: ${briefly(line)}\n`);
  };
}

function briefly(line: unknown): string {
  if (typeof line === 'string') return line.split('\n')[0] ?? '';
  const { message, reason } = line as { message?: unknown; reason?: unknown };
  if (typeof message !== 'string') return JSON.stringify(line).slice(0, BRIEF_LENGTH);
  return reason === undefined ? message : `${message}: ${String(reason).slice(0, BRIEF_LENGTH)}`;
}

/**
 * npm starts a script through a shell, and a signal to npm ends the shell without telling us: that our parent is gone is
 * then the only sign that we were asked to stop.
 */
function stopWithParent(stop: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    stop();
  }, PARENT_CHECK_MS);
  watch.unref();
}

/** @returns the exit code, when the backend has ended */
async function main(): Promise<number> {
  const options = read(process.argv.slice(2));
  if (options instanceof UsageError) {
    process.stderr.write(`${options.message.split('\n')[0]} (--help shows what there is)\n`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(help);
    return 0;
  }
  // A signal may come while it still starts: then it stops as soon as it has started.
  const { promise: asked, resolve: stop } = Promise.withResolvers<number>();
  let signals = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      signals += 1;
      // Asked twice, somebody is in a hurry. What was accepted is on disk, and comes back with the next start.
      if (signals > 1) process.exit(1);
      stop(0);
    });
  }
  stopWithParent(() => stop(0));
  try {
    const { createRuntime } = await import('../local/runtime.ts');
    const onLog = troublePrinter(options.dataDirectory !== undefined);
    const runtime = await createRuntime({ ...options, onLog, onFatal: () => stop(1) });
    if (options.chaos !== undefined) process.stdout.write(`chaos seed ${options.chaos.seed}\n`);
    process.stdout.write(`ready ${runtime.url}\n`);
    const code = await asked;
    await runtime.stop();
    return code;
  } catch (error) {
    const [firstLine] = (error instanceof Error ? error.message : String(error)).split('\n');
    process.stderr.write(`${firstLine}\n`);
    return error instanceof Error && 'exitCode' in error ? Number(error.exitCode) : 1;
  }
}

process.exit(await main());
