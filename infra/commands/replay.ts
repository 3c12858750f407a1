/** `npm run replay`: archived events once more, and before that what they would change. */

import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { catalogue } from '../../events/catalogue.ts';
import { nameOf } from '../config.ts';
import { domains } from '../domains/domains.ts';
import { formatCount, formatTable } from '../importers/table.ts';
import type { RepairBackend } from '../repair/backend.ts';
import { boxesOf, lookThrough } from '../repair/dead-letters.ts';
import { readWhich, type Which, whichBackend, whichBackendHelp } from '../repair/open-backend.ts';
import { depthOf } from '../repair/peek.ts';
import { type Archive, instant, openArchive, type Span } from '../repair/replay/archive.ts';
import { type Preview, previewReplay } from '../repair/replay/preview.ts';
import { firstLine, UsageError } from './usage-error.ts';
import { withBackend } from './with-backend.ts';

const SHOWN = 50;
const PROGRESS_MS = 5_000;
/** How long it is waited until the reactions have worked off what was replayed. */
const WAIT_SECONDS = 900;
const LOOK_MS = { local: 200, deployed: 10_000 };

const help = `npm run replay -- --from TIME --to TIME [options]

Sends the events that the archive holds of a span of time to every reaction once more. What is known already changes nothing.
First it prints what would change, by the facts that are kept and without writing anything: which accounts and which scores,
from what to what, and how many events are known, new or refused. Then it asks, replays, and waits until all is worked off.
Words are sealed in the archive and stay so: a new review is previewed as if it had none. Rewards for whoever brought a member
are not previewed.

  --from TIME    the first instant, RFC 3339 with an offset, such as 2026-01-05T10:00:00Z; by the time of the events
  --to TIME      the last instant
  --dry-run      print what would change, and nothing more
  --types A,B    these types of events alone, such as order.placed.v1,order.completed.v1
  --yes          do not ask
${whichBackendHelp}
  --help         this text

Exit code 0: it is done. 1: it is not, or something of it is among the dead letters now. 2: nothing was done, because of how it
was called.
`;

type Command = { which: Which; span: Span; dryRun: boolean; types: string[] | undefined; yes: boolean };

function readCommand(args: string[]): Command | 'help' {
  const { help: wanted, from, to, types, yes, 'dry-run': dryRun, ...which } = parseOptions(args);
  if (wanted) return 'help';
  const span = { fromMs: instantOf('from', from), toMs: instantOf('to', to) };
  if (span.fromMs >= span.toMs) throw new UsageError('--from is not before --to.');
  if (!dryRun && !yes && !process.stdin.isTTY) {
    throw new UsageError('There is no terminal to ask at: pass --yes, or --dry-run to see what would change.');
  }
  return { which: readWhich(which), span, dryRun, types: types === undefined ? undefined : typesOf(types), yes };
}

function parseOptions(args: string[]) {
  try {
    const options = {
      ...whichBackend,
      from: { type: 'string' },
      to: { type: 'string' },
      types: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    } as const;
    return parseArgs({ args, strict: true, allowPositionals: false, options }).values;
  } catch (error) {
    throw new UsageError(firstLine(error));
  }
}

function instantOf(flag: string, text: string | undefined): number {
  if (text === undefined) throw new UsageError(`Which span of time? --from TIME --to TIME`);
  const ms = Date.parse(text);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(ms)) {
    throw new UsageError(`--${flag} takes RFC 3339 with an offset, such as 2026-01-05T10:00:00Z, not "${text}".`);
  }
  return ms;
}

function typesOf(text: string): string[] {
  const types = text.split(',').map((it) => it.trim());
  const sent = catalogue.filter(({ direction }) => direction === 'in').map(({ type }) => type as string);
  const unknown = types.find((type) => !sent.includes(type));
  if (unknown !== undefined) throw new UsageError(`A shop sends no event of type "${unknown}".`);
  return types;
}

async function run({ span, dryRun, types, yes }: Command, backend: RepairBackend): Promise<number> {
  const archive = await openArchive(backend, span);
  const tellEvents = progress((events: number) => `  ${formatCount(events)} events read`);
  const wanted = types === undefined ? undefined : new Set(types);
  const preview = await previewReplay(backend, archive, span, { types: wanted, onProgress: tellEvents });
  process.stdout.write(`${linesOf(preview).join('\n')}\n`);
  if (dryRun || preview.events === 0) {
    process.stdout.write(`${summaryOf(preview)}\n`);
    return 0;
  }
  if (!yes) await confirm(`Replay ${formatCount(preview.events)} events?`);
  return replay(backend, archive, { span, types, preview });
}

async function replay(
  backend: RepairBackend,
  archive: Archive,
  { span, types, preview }: { span: Span; types: readonly string[] | undefined; preview: Preview },
): Promise<number> {
  const before = await deadLettersOf(backend);
  const onProgress = progress((reachedMs: number) => `  replayed up to ${instant(reachedMs)}`);
  const rules = types === undefined ? {} : { rules: rulesOf(backend, types) };
  await archive.replay(span, { onProgress, ...rules });
  const done = await workedOff(backend);
  const dead = (await deadLettersOf(backend)) - before;
  const tail = dead > 0 ? `, ${dead} of it among the dead letters: npm run dead-letters -- list` : '';
  process.stdout.write(`${done ? 'Replayed, and worked off' : 'Replayed; the reactions are still at it'}${tail}.\n`);
  process.stdout.write(`${summaryOf(preview)}\n`);
  return dead > 0 || !done ? 1 : 0;
}

/** The rules of the reactions to these types. */
function rulesOf({ stage }: RepairBackend, types: readonly string[]): string[] {
  const reactions = domains.flatMap((domain) => domain.reactions ?? []);
  return reactions.filter(({ on }) => types.includes(on.type)).map(({ name }) => nameOf(stage, name));
}

/** Waits until the queues of all reactions are empty. @returns false where the time is over before that */
async function workedOff(backend: RepairBackend): Promise<boolean> {
  const queues = new Set(
    boxesOf(backend).flatMap(({ addressee }) => (addressee.kind === 'queue' ? addressee.queue : [])),
  );
  const untilMs = Date.now() + WAIT_SECONDS * 1000;
  for (let quiet = 0; quiet < 2; ) {
    const depths = await Promise.all(
      [...queues].map(async (queue) => {
        const url = await backend.queueUrl(queue);
        return url === undefined ? 0 : depthOf(backend.sqs, url);
      }),
    );
    quiet = depths.every((depth) => depth === 0) ? quiet + 1 : 0;
    if (quiet < 2 && Date.now() >= untilMs) return false;
    await sleep(LOOK_MS[backend.local ? 'local' : 'deployed']);
  }
  return true;
}

async function deadLettersOf(backend: RepairBackend): Promise<number> {
  return (await lookThrough(backend, {}, 1)).reduce((sum, { count }) => sum + count, 0);
}

function linesOf({ events, known, beside, refused, accounts, scores, reviews, ...rest }: Preview): string[] {
  if (events === 0) return ['The archive holds nothing of this span.'];
  const refusals = Object.entries(refused).map(([code, count]) => `${formatCount(count)} ${code}`);
  const lines = [
    `${formatCount(events)} event${events === 1 ? '' : 's'}: ${formatCount(known)} known, ${formatCount(rest.new)} new, ${formatCount(beside)} that no account or score hangs on` +
      (refusals.length === 0 ? '' : `, refused ${refusals.join(', ')}`),
  ];
  const section = (title: string, header: string[], rows: string[][]): void => {
    if (rows.length === 0) return;
    lines.push(`${title}: ${formatCount(rows.length)}`, formatTable(rows.slice(0, SHOWN), header));
    if (rows.length > SHOWN) lines.push(`  and ${formatCount(rows.length - SHOWN)} more`);
  };
  section(
    'Accounts that would change',
    ['member', 'available', 'pending', 'debt', 'tier', 'orders', 'spend'],
    accounts.map(({ memberId, before, after }) => [
      memberId,
      ...(['available', 'pending', 'debt', 'tier', 'orders', 'spend'] as const).map((name) =>
        fromTo(String(before[name]), String(after[name])),
      ),
    ]),
  );
  section(
    'Reviews that would stand elsewhere',
    ['review', 'standing'],
    reviews.map((it) => [it.reviewId, fromTo(it.before, it.after)]),
  );
  section(
    'Scores and counters that would change',
    ['of', 'would be', 'counters'],
    scores.map(({ target, counters, before, after }) => [
      target,
      before === undefined ? '-' : fromTo(before, after ?? ''),
      Object.entries(counters)
        .map(([name, amount]) => `${name} ${amount > 0 ? '+' : ''}${amount}`)
        .join(', '),
    ]),
  );
  if (accounts.length + scores.length + reviews.length === 0) lines.push('No account and no score would change.');
  return lines;
}

const fromTo = (before: string, after: string): string => (before === after ? before : `${before} -> ${after}`);

function summaryOf({ events, known, beside, refused, accounts, scores, reviews, ...rest }: Preview): string {
  const changes = { accounts: accounts.length, scores: scores.length, reviews: reviews.length };
  return JSON.stringify({ events, known, new: rest.new, beside, refused, changes });
}

/** Tells on the error output how far it has come, every few seconds. */
function progress<Reached>(say: (reached: Reached) => string): (reached: Reached) => void {
  let toldMs = Date.now();
  return (reached) => {
    if (Date.now() - toldMs < PROGRESS_MS) return;
    toldMs = Date.now();
    process.stderr.write(`${say(reached)}\n`);
  };
}

async function confirm(question: string): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question} (yes/no) `).finally(() => terminal.close());
  if (answer.trim() !== 'yes') throw new UsageError('Nothing was replayed.');
}

await withBackend({ name: 'replay', help, read: readCommand, run });
