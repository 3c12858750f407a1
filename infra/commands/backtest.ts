/** `npm run backtest`: what a draft policy would have changed, as one JSON document. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { instantSchema } from '../../events/values.ts';
import { type PolicyDocument, readPolicy } from '../../shared/policy/policy-schema.ts';
import { ShopConnection } from '../importers/shop-connection.ts';
import { firstLine, UsageError } from './usage-error.ts';

const DEFAULT_URL = 'http://127.0.0.1:4000';

const help = `npm run backtest -- --policy draft.json [options]

Replays what a shop has recorded under a draft policy and under the one in force, and prints what the draft would have
changed as one JSON document: points, liability, discounts, tiers, and the members who gain and lose most.

  --policy FILE  the draft: a policy document such as shared/policy/policy.json, or what GET /v1/policy answers
  --from TIME    count from then, as if the draft had been put at that instant (default: from the beginning)
  --to TIME      up to then and no longer (default: now; with --events, up to the last event)
  --url URL      the backend to ask (default: ${DEFAULT_URL})
  --token TOKEN  a token with the scope admin; a local backend gives one out by itself
  --events FILE  ask no backend: replay a file of events here, one JSON document a line, .gz or not, against the
                 policy of this release
  --help         this text

Times are RFC 3339 with offset, such as 2026-01-05T10:00:00Z.
Exit code 0: the document is printed. 1: there is none, and why. 2: nothing was done, because of how it was called.
`;

type Command = {
  policy: string;
  from: string | undefined;
  to: string | undefined;
  where: { events: string } | { url: string; token: string | undefined };
};

function readCommand(args: string[]): Command | 'help' {
  const values = parseOptions(args);
  if (values.help) return 'help';
  const { policy = '', from, to, url, token, events } = values;
  if (policy === '') throw new UsageError('Which policy? --policy draft.json');
  for (const [flag, value] of Object.entries({ from, to })) {
    if (value !== undefined && !instantSchema.safeParse(value).success) {
      throw new UsageError(`--${flag} takes a time such as 2026-01-05T10:00:00Z, not "${value}".`);
    }
  }
  if (from !== undefined && to !== undefined && Date.parse(from) >= Date.parse(to)) {
    throw new UsageError('--to lies after --from.');
  }
  if (events !== undefined) {
    if (url !== undefined || token !== undefined)
      throw new UsageError('--events asks no backend: no --url, no --token.');
    return { policy, from, to, where: { events } };
  }
  const backend = url ?? DEFAULT_URL;
  if (!URL.canParse(backend) || !/^https?:$/.test(new URL(backend).protocol)) {
    throw new UsageError(`"${backend}" is no http or https URL.`);
  }
  return { policy, from, to, where: { url: backend, token } };
}

function parseOptions(args: string[]) {
  try {
    const options = {
      policy: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      url: { type: 'string' },
      token: { type: 'string' },
      events: { type: 'string' },
      help: { type: 'boolean', default: false },
    } as const;
    return parseArgs({ args, strict: true, allowPositionals: false, options }).values;
  } catch (error) {
    throw new UsageError(firstLine(error));
  }
}

/** Reads the draft and says in one line all that is wrong with it, before anything is asked. */
function readDraft(file: string): PolicyDocument {
  const content = parse(readText(file), file);
  const wrapped = typeof content === 'object' && content !== null && 'policy' in content ? content.policy : content;
  const result = readPolicy(wrapped);
  if (result.ok) return result.document;
  const errors = result.errors.map(({ path, message }) => `${path === '' ? '' : `${path}: `}${message}`);
  throw new Error(`${file} is no valid policy. ${errors.join(' ')}`);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`${file} cannot be read: ${code === 'ENOENT' ? 'there is no such file' : firstLine(error)}.`);
  }
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${file} is no JSON.`);
  }
}

async function report({ policy, from, to, where }: Command): Promise<unknown> {
  const draft = readDraft(policy);
  if ('url' in where) {
    const shop = await ShopConnection.open({ ...where, scope: 'admin' });
    return shop.post('/v1/policy/backtests', { policy: draft, from, to });
  }
  // Loaded here, so that --help and a wrong flag are answered at once.
  const { replayFile } = await import('../backtest/replay-file.ts');
  const instant = (text: string | undefined) => (text === undefined ? undefined : Date.parse(text));
  return replayFile(where.events, draft, { fromMs: instant(from), toMs: instant(to) });
}

/** Runs the command and returns its exit code. */
async function main(args: string[]): Promise<number> {
  try {
    const command = readCommand(args);
    process.stdout.write(command === 'help' ? help : `${JSON.stringify(await report(command), null, 2)}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`backtest: ${firstLine(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
