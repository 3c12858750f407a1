import { parseArgs } from 'node:util';
import type { ExportReport, Importer, ImportPlan } from '../importers/importer.ts';
import { Progress } from '../importers/progress.ts';
import { readExport } from '../importers/read-export.ts';
import { findImporter, importers } from '../importers/registry.ts';
import { type SendTally, sendEvents } from '../importers/send-events.ts';
import { ShopConnection } from '../importers/shop-connection.ts';
import { type Cell, formatCount, formatTable } from '../importers/table.ts';
import { firstLine, UsageError } from './usage-error.ts';

const DEFAULT_URL = 'http://127.0.0.1:4000';

const help = `npm run import -- --from NAME --file PATH | --dir PATH [options]

Reads a shop's export and sends it to a running backend as events. A second run changes nothing.

  --from NAME    what is to be read:
${importers.map(({ name, title }) => `                 ${name}: ${title}`).join('\n')}
  --file PATH    the export, .csv or .csv.gz, where it is one file
  --dir PATH     the directory of its files, where it has several
  --orders N     only the first N orders by time, with what belongs to them (with --dir)
  --url URL      the backend (default: ${DEFAULT_URL})
  --token TOKEN  a token with the scope events:write; a local backend gives one out by itself
  --dry-run      read the file and report, and send nothing
  --json         print the report as one line of JSON
  --help         this text

Exit code 0: all is in. 1: the file cannot be read, the backend cannot be reached, or events were refused.
2: nothing was done, because of how it was called.
`;

type Command = {
  importer: Importer;
  path: string;
  orders: number | undefined;
  url: string;
  token: string | undefined;
  dryRun: boolean;
  json: boolean;
};

/** How the sending went; without it the run was a dry one. */
type Sending = { tally: SendTally; deadLetters: number | undefined; sendMs: number; settleMs: number };

function readCommand(args: string[]): Command | 'help' {
  const { values } = parseOptions(args);
  if (values.help) return 'help';
  const known = importers.map(({ name }) => name).join(', ');
  if (values.from === undefined) throw new UsageError(`What is to be read? --from takes: ${known}`);
  const importer = findImporter(values.from);
  if (importer === undefined) throw new UsageError(`There is no importer "${values.from}". --from takes: ${known}`);
  const path = readPath(importer, values);
  const orders = readOrders(importer, values.orders);
  if (!URL.canParse(values.url) || !/^https?:$/.test(new URL(values.url).protocol)) {
    throw new UsageError(`"${values.url}" is no http or https URL.`);
  }
  const { url, token, json } = values;
  return { importer, path, orders, url, token, json, dryRun: values['dry-run'] };
}

function readPath({ name, takes }: Importer, { file, dir }: { file?: string; dir?: string }): string {
  if (takes === 'file' && dir !== undefined) throw new UsageError(`${name} is one file: --file, not --dir`);
  if (takes === 'directory' && file !== undefined) throw new UsageError(`${name} has several files: --dir, not --file`);
  const path = takes === 'file' ? file : dir;
  if (path !== undefined && path !== '') return path;
  throw new UsageError(
    takes === 'file' ? 'Which file? --file path/to/export.csv.gz' : 'Which directory? --dir path/to/export',
  );
}

function readOrders({ name, takes }: Importer, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (takes === 'file') throw new UsageError(`${name} is read as a whole: --orders goes with --dir`);
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`--orders takes a whole number from 1 on, not "${text}"`);
  return Number(text);
}

function parseOptions(args: string[]) {
  try {
    return parseArgs({
      args,
      strict: true,
      allowPositionals: false,
      options: {
        from: { type: 'string' },
        file: { type: 'string' },
        dir: { type: 'string' },
        orders: { type: 'string' },
        url: { type: 'string', default: DEFAULT_URL },
        token: { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(firstLine(error));
  }
}

async function send(plan: ImportPlan, shop: ShopConnection): Promise<Sending> {
  const progress = new Progress(process.stderr);
  const startedMs = performance.now();
  const total = formatCount(plan.eventCount);
  const tally = await sendEvents({
    events: plan.events(),
    post: (batch) => shop.postEvents(batch),
    onProgress: ({ accepted, refused, retries }) => {
      const done = accepted + refused;
      const perSecond = Math.round((done * 1000) / (performance.now() - startedMs));
      const notes = `${refused === 0 ? '' : `, ${formatCount(refused)} refused`}${retries === 0 ? '' : `, ${retries} retries`}`;
      progress.tell(`${formatCount(done)} of ${total} events, ${formatCount(perSecond)}/s${notes}`);
    },
  });
  const sentMs = performance.now();
  progress.tell(`${total} events sent; the backend works off its queues`, { now: true });
  const settled = await shop.settle();
  progress.end();
  return {
    tally,
    deadLetters: settled?.deadLetters,
    sendMs: sentMs - startedMs,
    settleMs: performance.now() - sentMs,
  };
}

function describe({ report, eventCount }: ImportPlan, sending: Sending | undefined): string {
  const parts = [
    ...(report.files === undefined
      ? [describeRows('the file', report)]
      : report.files.map((it) => describeRows(it.name, it))),
    `What they come to\n${formatTable(report.figures.map(({ label, value }) => [value, label]))}`,
  ];
  if (report.malformed.length > 0) {
    const rows: Cell[][] = report.malformed.map((it) => [it.rows, `${it.reason} (first: row ${it.firstRow})`]);
    parts.push(`Malformed rows\n${formatTable(rows)}`);
  }
  parts.push(`Events\n${formatTable(sending === undefined ? [[eventCount, 'would be sent']] : sendingRows(sending))}`);
  return `${parts.join('\n\n')}\n`;
}

function describeRows(name: string, { rows, classes }: { rows: number; classes: ExportReport['classes'] }): string {
  const cells: Cell[][] = classes.map((it) => [it.rows, it.label]);
  return `Rows of ${name}, each in one class\n${formatTable([...cells, [sumOf(classes), `together, of ${formatCount(rows)}`]])}`;
}

function sendingRows(sending: Sending): Cell[][] {
  const { tally, deadLetters } = sending;
  const refusals: Cell[][] = tally.refusals.map(({ code, detail, events, firstId }) => [
    events,
    `  ${code}: ${detail} (first: ${firstId})`,
  ]);
  return [
    [tally.sent, 'sent'],
    [tally.accepted, 'accepted'],
    [tally.refused, 'refused'],
    ...refusals,
    ...(deadLetters === undefined ? [] : [[deadLetters, 'dead letters'] as Cell[]]),
    [eventsPerSecond(sending), `a second, over ${seconds(sending.sendMs + sending.settleMs)} s`],
  ];
}

function toJson(
  { importer, path, orders }: Command,
  { report, eventCount }: ImportPlan,
  sending: Sending | undefined,
): string {
  const { tally, deadLetters } = sending ?? {};
  return JSON.stringify({
    from: importer.name,
    [importer.takes === 'file' ? 'file' : 'dir']: path,
    ...(orders === undefined ? {} : { firstOrders: orders }),
    rows: report.rows,
    ...(report.files === undefined
      ? {}
      : {
          files: Object.fromEntries(
            report.files.map(({ name, rows, classes }) => [name, { rows, inClasses: sumOf(classes) }]),
          ),
        }),
    classes: Object.fromEntries(report.classes.map(({ id, rows }) => [id, rows])),
    ...Object.fromEntries(report.figures.map(({ id, value }) => [id, value])),
    malformed: report.malformed,
    events: eventCount,
    ...(sending === undefined || tally === undefined
      ? { dryRun: true }
      : {
          sent: tally.sent,
          accepted: tally.accepted,
          rejected: tally.refused,
          rejections: tally.refusals,
          retries: tally.retries,
          ...(deadLetters === undefined ? {} : { deadLetters }),
          seconds: seconds(sending.sendMs + sending.settleMs),
          settleSeconds: seconds(sending.settleMs),
          eventsPerSecond: eventsPerSecond(sending),
        }),
  });
}

/** Added up anew, so that the report itself shows that no row is missing. */
const sumOf = (classes: ExportReport['classes']): number => classes.reduce((sum, { rows }) => sum + rows, 0);
const seconds = (ms: number): number => Math.round(ms / 100) / 10;
const eventsPerSecond = ({ tally, sendMs, settleMs }: Sending): number =>
  Math.round((tally.sent * 1000) / (sendMs + settleMs));

/** Runs the command and returns its exit code. */
async function main(args: string[]): Promise<number> {
  try {
    const command = readCommand(args);
    if (command === 'help') {
      process.stdout.write(help);
      return 0;
    }
    const { url, token, importer, path, orders, dryRun } = command;
    // Asked first: to read for seconds and then find nobody to send to is no use.
    const shop = dryRun ? undefined : await ShopConnection.open({ url, token, scope: 'events:write' });
    const plan =
      importer.takes === 'file' ? await importer.plan(readExport(path)) : await importer.plan(path, { orders });
    const sending = shop === undefined ? undefined : await send(plan, shop);
    process.stdout.write(command.json ? `${toJson(command, plan, sending)}\n` : describe(plan, sending));
    return sending !== undefined && sending.tally.refused + (sending.deadLetters ?? 0) > 0 ? 1 : 0;
  } catch (error) {
    process.stderr.write(`import: ${firstLine(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

process.once('SIGINT', () => {
  process.stderr.write('\nimport: stopped. The same command goes on from here; what is in stays in.\n');
  process.exit(130);
});
process.exitCode = await main(process.argv.slice(2));
