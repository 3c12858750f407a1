/** `npm run models`: which models of recommendations a shop has, and back to an earlier one. */
import { parseArgs } from 'node:util';
import { ShopConnection } from '../importers/shop-connection.ts';
import { formatTable } from '../importers/table.ts';
import { firstLine, UsageError } from './usage-error.ts';

const DEFAULT_URL = 'http://127.0.0.1:4000';
/** What a version looks like; whether there is such a model, the backend says. */
const VERSION = /^\d{8}T\d{6}-[0-9a-f]{8}$/;

const help = `npm run models -- list [options]
npm run models -- rollback --version VERSION [options]

list      prints the models of recommendations that are kept, newest first, and at the end the same as one line of JSON
rollback  lets an earlier one serve again, and prints {version, since, previous} as one line of JSON

  --version VERSION  the model, such as 20260105T100000-3f2a9c01
  --url URL          the backend to ask (default: ${DEFAULT_URL})
  --token TOKEN      a token with the scope admin; a local backend gives one out by itself
  --help             this text

Exit code 0: it is done. 1: it is not, and why. 2: nothing was done, because of how it was called.
`;

type Backend = { url: string; token: string | undefined };
type Command = Backend & ({ kind: 'list' } | { kind: 'rollback'; version: string });

function readCommand(args: string[]): Command | 'help' {
  const { values, positionals } = parseOptions(args);
  if (values.help) return 'help';
  const { url, token, version } = values;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new UsageError(`"${url}" is no http or https URL.`);
  }
  const [kind, ...more] = positionals;
  if (kind === undefined) throw new UsageError('What is to be done? list or rollback');
  if (more.length > 0 || (kind !== 'list' && kind !== 'rollback')) {
    throw new UsageError(`"${positionals.join(' ')}" is neither list nor rollback.`);
  }
  if (kind === 'list') {
    if (version !== undefined) throw new UsageError('list takes no --version.');
    return { kind, url, token };
  }
  if (version === undefined) throw new UsageError('Which model? --version 20260105T100000-3f2a9c01');
  if (!VERSION.test(version)) throw new UsageError(`"${version}" is no version of a model.`);
  return { kind, version, url, token };
}

function parseOptions(args: string[]) {
  try {
    const options = {
      version: { type: 'string' },
      url: { type: 'string', default: DEFAULT_URL },
      token: { type: 'string' },
      help: { type: 'boolean', default: false },
    } as const;
    return parseArgs({ args, strict: true, allowPositionals: true, options });
  } catch (error) {
    throw new UsageError(firstLine(error));
  }
}

type ListedModel = {
  version: string;
  state: string;
  serving: boolean;
  publishedAt: string;
  bytes: number;
  counts: { items: number; sessions: number };
  figures: Readonly<Record<string, number>>;
  reason?: string;
};

const header = ['version', 'state', 'published at', 'items', 'sessions', 'bytes', 'HR@20', 'MRR@20'];

async function linesOf(command: Command): Promise<string[]> {
  const shop = await ShopConnection.open({ ...command, scope: 'admin' });
  if (command.kind === 'rollback') {
    return [JSON.stringify(await shop.post('/v1/models/rollback', { version: command.version }))];
  }
  const items = (await shop.get<{ items: ListedModel[] }>('/v1/models'))?.items ?? [];
  const table = items.length === 0 ? 'No model has been trained yet.' : formatTable(items.map(rowOf), header);
  return [table, JSON.stringify({ items })];
}

function rowOf({ version, state, serving, publishedAt, bytes, counts, figures, reason }: ListedModel) {
  const standing = serving ? 'serving' : reason === undefined ? state : `${state}: ${reason}`;
  return [
    version,
    standing,
    publishedAt,
    counts.items,
    counts.sessions,
    bytes,
    figure(figures.hr20),
    figure(figures.mrr20),
  ];
}

function figure(value: number | undefined): string {
  return value === undefined ? '-' : value.toFixed(4);
}

/** Runs the command and returns its exit code. */
async function main(args: string[]): Promise<number> {
  try {
    const command = readCommand(args);
    process.stdout.write(command === 'help' ? help : `${(await linesOf(command)).join('\n')}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`models: ${firstLine(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
