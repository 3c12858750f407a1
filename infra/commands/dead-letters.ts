/** `npm run dead-letters`: what nobody could take, looked at, sent again or dropped. */
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { formatTable } from '../importers/table.ts';
import type { RepairBackend } from '../repair/backend.ts';
import {
  boxesOf,
  drop,
  type FullBox,
  findLetter,
  lookThrough,
  type Redriven,
  redrive,
} from '../repair/dead-letters.ts';
import { type Letter, parsed } from '../repair/letter.ts';
import { readWhich, type Which, whichBackend, whichBackendHelp } from '../repair/open-backend.ts';
import { firstLine, UsageError } from './usage-error.ts';
import { withBackend } from './with-backend.ts';

const DEFAULT_LISTED = 20;
const MAX_LISTED = 1_000;
/** How long it is watched what becomes of a letter: deployed, the queue gives up after five times its visibility timeout. */
const WAIT_SECONDS = { local: 60, deployed: 720 };

const help = `npm run dead-letters -- list [--queue NAME] [--limit N] [--skip N] [--json]
npm run dead-letters -- show ID
npm run dead-letters -- redrive --queue NAME | --id ID | --all [--wait SECONDS]
npm run dead-letters -- drop --queue NAME | --id ID [--yes]

list      each queue in which letters lie, how many and since when, and the letters, oldest first
show      one letter: why it is here, and the message as it came; personal fields are sealed in it and stay so
redrive   sends letters again, to the one that could not take them and nobody else, and says of each what became of it
drop      throws letters away, for good; asks before, unless --yes

  --queue NAME    the queue of dead letters, as list names it
  --id ID         the letter, as list names it
  --all           every letter of every queue
  --limit N       how many letters of a queue are listed (default: ${DEFAULT_LISTED}, at most ${MAX_LISTED})
  --skip N        how many of them are passed over first
  --wait SECONDS  how long to watch (default: ${WAIT_SECONDS.local}; deployed ${WAIT_SECONDS.deployed})
  --json          one line of JSON instead of tables
${whichBackendHelp}
  --help          this text

Exit code 0: it is done. 1: it is not, and why. 2: nothing was done, because of how it was called; or a letter that was sent
again has failed again, and stands among the dead letters as before.
`;

type Target = { queue?: string; id?: string };
type Command = { which: Which } & (
  | { kind: 'list'; queue: string | undefined; limit: number; skip: number; json: boolean }
  | { kind: 'show'; id: string }
  | { kind: 'redrive'; target: Target; waitSeconds: number | undefined }
  | { kind: 'drop'; target: Target; yes: boolean }
);

const flags = {
  ...whichBackend,
  queue: { type: 'string' },
  id: { type: 'string' },
  all: { type: 'boolean' },
  limit: { type: 'string' },
  skip: { type: 'string' },
  wait: { type: 'string' },
  yes: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

/** Which flags each of the commands takes beside those that every one takes. */
const taken: Readonly<Record<string, readonly string[]>> = {
  list: ['queue', 'limit', 'skip', 'json'],
  show: [],
  redrive: ['queue', 'id', 'all', 'wait'],
  drop: ['queue', 'id', 'yes'],
};

function readCommand(args: string[]): Command | 'help' {
  const { values, positionals } = parseOptions(args);
  if (values.help === true) return 'help';
  const [kind, ...more] = positionals;
  if (kind === undefined) throw new UsageError('What is to be done? list, show, redrive or drop');
  const own = taken[kind];
  if (own === undefined) throw new UsageError(`"${kind}" is none of list, show, redrive and drop.`);
  const foreign = Object.keys(values).find((flag) => !own.includes(flag) && !(flag in whichBackend));
  if (foreign !== undefined) throw new UsageError(`${kind} takes no --${foreign}.`);
  const which = readWhich(values);
  if (kind === 'show') {
    const [id, ...tooMany] = more;
    if (id === undefined || tooMany.length > 0) throw new UsageError('Which letter? show ID');
    return { kind, which, id };
  }
  if (more.length > 0) throw new UsageError(`${kind} takes no "${more.join(' ')}".`);
  if (kind === 'list') {
    const limit = count(values.limit, 'limit', { least: 1, most: MAX_LISTED }) ?? DEFAULT_LISTED;
    const skip = count(values.skip, 'skip', { least: 0, most: 9_000 }) ?? 0;
    return { kind, which, queue: values.queue, limit, skip, json: values.json === true };
  }
  const target = targetOf(kind, values);
  if (kind === 'drop') return { kind, which, target, yes: values.yes === true };
  const waitSeconds = count(values.wait, 'wait', { least: 0, most: 86_400 });
  return { kind: 'redrive', which, target, waitSeconds };
}

function parseOptions(args: string[]) {
  try {
    return parseArgs({ args, strict: true, allowPositionals: true, options: flags });
  } catch (error) {
    throw new UsageError(firstLine(error));
  }
}

function targetOf(kind: string, { queue, id, all }: { queue?: string; id?: string; all?: boolean }): Target {
  const said = [queue, id, all].filter((it) => it !== undefined).length;
  const choice = kind === 'drop' ? '--queue NAME or --id ID' : '--queue NAME, --id ID or --all';
  if (said !== 1) throw new UsageError(`Which letters? ${choice}`);
  return { ...(queue === undefined ? {} : { queue }), ...(id === undefined ? {} : { id }) };
}

function count(text: string | undefined, flag: string, { least, most }: { least: number; most: number }) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new UsageError(`--${flag} takes a whole number from ${least} to ${most}, not "${text}".`);
  }
  return value;
}

async function run(command: Command, backend: RepairBackend): Promise<number> {
  switch (command.kind) {
    case 'list':
      return list(backend, command);
    case 'show':
      return show(backend, command.id);
    case 'redrive':
      return sendAgain(backend, command);
    case 'drop':
      return throwAway(backend, command);
  }
}

async function list(backend: RepairBackend, command: Command & { kind: 'list' }): Promise<number> {
  const { queue, limit, skip, json } = command;
  assertQueue(backend, queue);
  const boxes = await lookThrough(backend, { queue }, skip + limit);
  const pages = boxes.map((it) => ({ ...it, letters: it.letters.slice(skip) }));
  if (json) {
    const queues = pages.map(({ box, count, letters }) => ({ queue: box.queue, count, letters: letters.map(brief) }));
    process.stdout.write(`${JSON.stringify({ queues })}\n`);
    return 0;
  }
  const total = boxes.reduce((sum, { count: inBox }) => sum + inBox, 0);
  const head = total === 0 ? 'No dead letters.' : `${total} dead letter${total === 1 ? '' : 's'} of ${backend.name}`;
  process.stdout.write(`${[head, ...pages.flatMap((page) => linesOf(page, skip))].join('\n')}\n`);
  return 0;
}

function linesOf({ box, count: inBox, letters }: FullBox, skip: number): string[] {
  const oldest = letters[0] === undefined || skip > 0 ? '' : `, the oldest since ${instant(letters[0].sinceMs)}`;
  const rows = letters.map((it) => [
    it.messageId,
    instant(it.sinceMs),
    it.code,
    it.type ?? '-',
    it.eventId ?? '-',
    short(it.reason),
  ]);
  const left = inBox - skip - letters.length;
  return [
    `${box.queue}: ${inBox}${oldest}`,
    ...(rows.length === 0 ? [] : [formatTable(rows, ['id', 'since', 'code', 'type', 'event', 'reason'])]),
    ...(left > 0 ? [`  and ${left} more: --skip ${skip + letters.length}`] : []),
  ];
}

async function show(backend: RepairBackend, id: string): Promise<number> {
  const letter = await findLetter(backend, id);
  if (letter === undefined) throw new UsageError(`There is no dead letter ${id}; list says which there are.`);
  const { queue, code, reason, sinceMs, eventId, type, time, attributes, body } = letter;
  const event =
    eventId === undefined ? [] : [['event', `${eventId}, ${type ?? ''}${time === undefined ? '' : `, of ${time}`}`]];
  const others = Object.entries(attributes).filter(([name]) => name !== 'code' && name !== 'reason');
  const rows = [['queue', queue], ['since', instant(sinceMs)], ['code', code], ['reason', reason], ...event, ...others];
  const content = parsed(body);
  const text = content === undefined ? body : JSON.stringify(content, null, 2);
  const logs =
    eventId === undefined || backend.local
      ? []
      : [`What led to it, in CloudWatch Logs Insights: filter eventId = "${eventId}" or correlationId = "${eventId}"`];
  process.stdout.write(`${[formatTable(rows), ...logs, text].join('\n')}\n`);
  return 0;
}

async function sendAgain(
  backend: RepairBackend,
  { target, waitSeconds }: Command & { kind: 'redrive' },
): Promise<number> {
  assertQueue(backend, target.queue);
  const seconds = waitSeconds ?? (backend.local ? WAIT_SECONDS.local : WAIT_SECONDS.deployed);
  const all = await redrive(backend, target, {
    waitMs: seconds * 1000,
    onOutcome: (redriven) => process.stdout.write(`${lineOf(redriven)}\n`),
  });
  assertFound(all, target);
  const of = (outcome: Redriven['outcome']) => all.filter((it) => it.outcome === outcome);
  const [failed, unknown] = [of('failed'), of('unknown')];
  process.stdout.write(`${all.length} sent again: ${of('taken').length} taken, ${failed.length} failed again`);
  process.stdout.write(unknown.length === 0 ? '.\n' : `, ${unknown.length} not known yet.\n`);
  const [first] = failed;
  if (first !== undefined) {
    const which = failed.length === 1 ? `${first.letter.messageId} fails` : `${failed.length} letters fail`;
    throw new UsageError(
      `${which} still, and stand${failed.length === 1 ? 's' : ''} among the dead letters as before: ${first.reason}`,
    );
  }
  return unknown.length === 0 ? 0 : 1;
}

function lineOf({ letter, outcome, reason, messageId }: Redriven): string {
  const what =
    letter.eventId === undefined ? letter.messageId : `${letter.messageId} (${letter.type} ${letter.eventId})`;
  if (outcome === 'taken') return `taken   ${what}`;
  const under = messageId === undefined || messageId === letter.messageId ? '' : `, now ${messageId}`;
  return `${outcome === 'failed' ? 'failed ' : 'unknown'} ${what}${under}: ${short(reason ?? '')}`;
}

async function throwAway(backend: RepairBackend, { target, yes }: Command & { kind: 'drop' }): Promise<number> {
  assertQueue(backend, target.queue);
  if (!yes) await confirm(`Throw away ${target.id ?? `every letter of ${target.queue}`}, for good?`);
  const dropped = await drop(backend, target);
  assertFound(dropped, target);
  for (const { messageId, type, eventId } of dropped) {
    process.stdout.write(`dropped ${messageId}${eventId === undefined ? '' : ` (${type} ${eventId})`}\n`);
  }
  return 0;
}

async function confirm(question: string): Promise<void> {
  if (!process.stdin.isTTY) throw new UsageError('There is no terminal to ask at: pass --yes.');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question} (yes/no) `).finally(() => terminal.close());
  if (answer.trim() !== 'yes') throw new UsageError('Nothing was dropped.');
}

function assertQueue(backend: RepairBackend, queue: string | undefined): void {
  if (queue !== undefined && boxesOf(backend, { queue }).length === 0) {
    throw new UsageError(`"${queue}" is no queue of dead letters of ${backend.name}.`);
  }
}

function assertFound(found: readonly unknown[], { queue, id }: Target): void {
  if (found.length > 0) return;
  if (id !== undefined) throw new UsageError(`There is no dead letter ${id}; list says which there are.`);
  process.stdout.write(queue === undefined ? 'No dead letters.\n' : `No dead letters in ${queue}.\n`);
}

function brief({ body: _, attributes: __, sinceMs, ...letter }: Letter): Record<string, unknown> {
  return { ...letter, since: instant(sinceMs) };
}

const instant = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
const short = (text: string): string => {
  const [line = ''] = text.split('\n', 1);
  return line.length > 120 ? `${line.slice(0, 117)}...` : line;
};

await withBackend({ name: 'dead-letters', help, read: readCommand, run });
