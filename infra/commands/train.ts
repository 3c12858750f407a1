/** `npm run train`: has a local backend train its model of recommendations now, and prints what came of it. */
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { ShopConnection } from '../importers/shop-connection.ts';
import { formatCount } from '../importers/table.ts';
import { firstLine, UsageError } from './usage-error.ts';

const DEFAULT_URL = 'http://127.0.0.1:4000';

const help = `npm run train [-- --url URL]

Trains the model of recommendations of a local backend on all that has happened in its shop, and lets it serve unless it is
worse than the one that does. A deployed backend does that by itself, every day. Prints what came of it, and at the end the
same as one line of JSON: {outcome, reason, version, bytes, counts, figures}.

  --url URL  the backend (default: ${DEFAULT_URL})
  --help     this text

Exit code 0: it is done, whether or not there is a new model. 1: it is not, and why. 2: nothing was done, because of how it
was called.
`;

type Outcome = {
  outcome?: string;
  reason?: string;
  version?: string;
  bytes?: number;
  counts?: Readonly<Record<string, number>>;
  figures?: Readonly<Record<string, number>>;
};

/** What the codes of the backend mean; one that is not known is printed as it is. */
const reasons: Readonly<Record<string, string>> = {
  first: 'It is the first model of this shop.',
  not_worse: 'It finds no less than the model before it.',
  nothing_to_compare: 'Too little has happened to compare it with the model before it.',
  worse: 'It finds less than the model that serves.',
  unchanged: 'Nothing has happened that the model which serves does not know.',
  nothing_to_learn: 'Nothing has happened to learn from.',
  overtaken: 'Another model has been published in the meantime.',
};

function readCommand(args: string[]): { url: string } | 'help' {
  const { help: wanted, url } = parseOptions(args);
  if (wanted) return 'help';
  if (!URL.canParse(url) || new URL(url).protocol !== 'http:') throw new UsageError(`"${url}" is no http URL.`);
  return { url: url.replace(/\/+$/, '') };
}

function parseOptions(args: string[]) {
  try {
    const options = {
      url: { type: 'string', default: DEFAULT_URL },
      help: { type: 'boolean', default: false },
    } as const;
    return parseArgs({ args, strict: true, allowPositionals: false, options }).values;
  } catch (error) {
    throw new UsageError(firstLine(error));
  }
}

async function train(url: string): Promise<Outcome> {
  const { url: base } = await ShopConnection.open({ url, token: '', scope: 'admin' });
  const { status, body } = await post(`${base}/local/train`);
  if (status === 404) throw new Error(`${base} is not local: a deployed backend trains by itself.`);
  if (status !== 200) throw new Error(`POST /local/train answered ${status}: ${detailOf(body)}`);
  return JSON.parse(body || '{}') as Outcome;
}

/** A request that may take as long as it takes: fetch gives up after five minutes, and a large shop is not learnt in less everywhere. */
function post(url: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: 'POST' }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
    });
    asked.on('error', (error) => reject(new Error(`The backend went away while it trained: ${firstLine(error)}`)));
    asked.end();
  });
}

function detailOf(body: string): string {
  try {
    const { detail, title } = JSON.parse(body) as { detail?: string; title?: string };
    return detail ?? title ?? body;
  } catch {
    return body.slice(0, 200);
  }
}

function linesOf({ outcome = 'unknown', reason = '', version, bytes, counts, figures }: Outcome): string[] {
  const told = reasons[reason] ?? reason;
  const head = outcome === 'published' ? `Model ${version} serves now.` : `Nothing new was published.`;
  const serving = outcome !== 'published' && version !== undefined ? [`  model    ${version}`] : [];
  return [
    `${head} ${told}`.trim(),
    ...serving,
    ...(counts === undefined ? [] : [`  learnt   ${spelt(counts, formatCount)}`]),
    ...(bytes === undefined ? [] : [`  file     ${formatCount(bytes)} bytes`]),
    ...(figures === undefined || Object.keys(figures).length === 0
      ? []
      : [`  reached  ${spelt(figures, (value) => String(Math.round(value * 1e4) / 1e4))}`]),
  ];
}

function spelt(figures: Readonly<Record<string, number>>, format: (value: number) => string): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${format(value)}`)
    .join(', ');
}

/** Runs the command and returns its exit code. */
async function main(args: string[]): Promise<number> {
  try {
    const command = readCommand(args);
    if (command === 'help') {
      process.stdout.write(help);
      return 0;
    }
    const outcome = await train(command.url);
    process.stdout.write(`${[...linesOf(outcome), JSON.stringify(outcome)].join('\n')}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`train: ${firstLine(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
