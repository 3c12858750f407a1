/** `npm run load`: a shop under a mixed load, how it bears it, and whether all that it took is there exactly once. */
import { parseArgs } from 'node:util';
import { Progress } from '../importers/progress.ts';
import { formatCount, formatTable } from '../importers/table.ts';
import { errorsOf, latencies, latencyTable, rounded } from '../load/figures.ts';
import type { LoadOptions, LoadReport, MemoryReading } from '../load/run-load.ts';
import { firstLine, UsageError } from './usage-error.ts';

const help = `npm run load [-- options]

Starts the backend as a process of its own, seeds a shop, and asks it as a crowd does that does not wait: 70 % reads (members,
ledgers, recommendations, reputations, reviews, related products), 30 % events (views, orders, completions, returns, reviews,
check-ins), each when it is due, whatever has become of those before. What a request took counts from when it was due. Then every
event that was answered with 202 is looked for, and accounts and scores are worked out anew. The last line is JSON.

  --seconds N   how long (default 60)
  --rate N      requests a second (default 200)
  --seed N      who asks what, and when (default 1)
  --kill        kill -9 when half of the time is over, and start again on the same data
  --url URL     a local backend that runs already, in place of one of its own; goes without --kill
  --help        this text

Exit code 0: all that was taken is there exactly once, and nothing failed but while the backend was killed. 1: that is not so, or
something failed. 2: nothing was done, because of how it was called. How fast it was is printed, and never fails.
`;

const SHOWN = 20;
const INTERRUPTED = 130;
const MEGABYTE = 1_048_576;

type Command = Pick<LoadOptions, 'seed' | 'rate' | 'seconds' | 'url'> & { kill: boolean };

function readCommand(args: string[]): Command | 'help' {
  const { help: wanted, seconds, rate, seed, kill, url } = parseOptions(args);
  if (wanted) return 'help';
  if (url !== undefined && kill)
    throw new UsageError('--kill goes without --url: only a backend of its own is killed.');
  if (url !== undefined && (!URL.canParse(url) || new URL(url).protocol !== 'http:')) {
    throw new UsageError(`"${url}" is no http URL.`);
  }
  return {
    seconds: wholeNumber('--seconds', seconds, 1, 3_600),
    rate: wholeNumber('--rate', rate, 1, 5_000),
    seed: wholeNumber('--seed', seed, 0, 2 ** 32 - 1),
    kill,
    url: url?.replace(/\/+$/, ''),
  };
}

function parseOptions(args: string[]) {
  try {
    const options = {
      seconds: { type: 'string', default: '60' },
      rate: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
      kill: { type: 'boolean', default: false },
      url: { type: 'string' },
      help: { type: 'boolean', default: false },
    } as const;
    return parseArgs({ args, strict: true, allowPositionals: false, options }).values;
  } catch (error) {
    throw new UsageError(firstLine(error));
  }
}

function wholeNumber(flag: string, text: string, lowest: number, highest: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= lowest && value <= highest) return value;
  throw new UsageError(`${flag} takes a whole number from ${lowest} to ${highest}, not "${text}".`);
}

/** Of a backend that was killed in between, memory says nothing about growth: it began anew. */
function growthPerMinute({ memory, gap, tookMs }: LoadReport): number | undefined {
  const under = memory.filter(({ atMs }) => atMs <= tookMs);
  const [first, last] = [under.at(0), under.at(-1)];
  if (gap !== undefined || first === undefined || last === undefined || last.atMs <= first.atMs) return undefined;
  return ((last.bytes - first.bytes) * 60_000) / (last.atMs - first.atMs);
}

function describe(report: LoadReport): string {
  const { outcomes, tookMs, gap, memory, backlog, settledMs, events } = report;
  const errors = Object.entries(errorsOf(outcomes)).map(([answer, count]) => `${answer} (${formatCount(count)})`);
  const growth = growthPerMinute(report);
  return [
    latencyTable(outcomes),
    formatTable([
      ['asked', `${formatCount(outcomes.length)} in ${seconds(tookMs)}, ${rate(report)} a second`],
      ['errors', errors.length === 0 ? 'none' : errors.join(', ')],
      ...(gap === undefined
        ? []
        : [['killed', `at ${seconds(gap.fromMs)}, back after ${seconds(gap.toMs - gap.fromMs)}`]]),
      ['memory', memory.length === 0 ? 'not measured' : memory.map(reading).join(', ')],
      ['growth', growth === undefined ? 'not measured' : `${megabytes(growth)} MB a minute`],
      ['backlog', `${formatCount(backlog)} messages at the end, settled after ${seconds(settledMs)}`],
      [
        'events',
        `${formatCount(events.accepted)} answered with 202, ${formatCount(events.unanswered)} not; ` +
          `${formatCount(events.sentAgain)} sent again`,
      ],
    ]),
  ].join('\n\n');
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
const megabytes = (bytes: number): number => Math.round(bytes / MEGABYTE);
const reading = ({ atMs, bytes }: MemoryReading): string => `${megabytes(bytes)} MB at ${seconds(atMs)}`;
const rate = ({ outcomes, tookMs }: LoadReport): number => rounded((outcomes.length * 1_000) / tookMs);

function toJson({ seed }: Command, report: LoadReport): string {
  const { outcomes, gap, memory, backlog, settledMs, deadLetters, events, failed, wrong } = report;
  const growth = growthPerMinute(report);
  return JSON.stringify({
    seed,
    requests: outcomes.length,
    perSecond: rate(report),
    latenciesMs: latencies(outcomes),
    errors: errorsOf(outcomes),
    failed: failed.length,
    memoryMb: memory.map(({ bytes }) => megabytes(bytes)),
    ...(growth === undefined ? {} : { growthMbPerMinute: megabytes(growth) }),
    backlog,
    settleSeconds: rounded(settledMs / 1_000),
    ...(gap === undefined ? {} : { awaySeconds: rounded((gap.toMs - gap.fromMs) / 1_000) }),
    events,
    deadLetters,
    wrong: wrong.length,
  });
}

async function run(command: Command): Promise<number> {
  const progress = new Progress(process.stderr);
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    // Loaded once the call is known to be one: clients of AWS are large.
    const { runLoad } = await import('../load/run-load.ts');
    const report = await runLoad({
      ...command,
      onStage: (line) => progress.tell(line, { now: true }),
      signal: interrupted.signal,
    });
    progress.end();
    process.stdout.write(`${describe(report)}\n`);
    for (const line of report.wrong.slice(0, SHOWN)) process.stderr.write(`load: ${line}\n`);
    if (report.wrong.length > SHOWN) process.stderr.write(`load: and ${report.wrong.length - SHOWN} more\n`);
    process.stdout.write(`${toJson(command, report)}\n`);
    return report.wrong.length === 0 ? 0 : 1;
  } catch (error) {
    progress.end();
    if (interrupted.signal.aborted) return INTERRUPTED;
    throw error;
  } finally {
    process.removeListener('SIGINT', interrupt).removeListener('SIGTERM', interrupt);
  }
}

/** Runs the command and returns its exit code. */
async function main(args: string[]): Promise<number> {
  try {
    const command = readCommand(args);
    if (command !== 'help') return await run(command);
    process.stdout.write(help);
    return 0;
  } catch (error) {
    process.stderr.write(`load: ${firstLine(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
