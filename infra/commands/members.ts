/** `npm run members`: what a shop keeps of a member, as a file; and members who want to be forgotten. */
import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ShopConnection } from '../importers/shop-connection.ts';
import { formatTable } from '../importers/table.ts';
import { firstLine, UsageError } from './usage-error.ts';

const DEFAULT_URL = 'http://127.0.0.1:4000';
/** What the id of a member looks like. */
const MEMBER_ID = /^[A-Za-z0-9_.:-]{1,128}$/;

const help = `npm run members -- export --member ID [--out FILE] [options]
npm run members -- erase --member ID --yes [options]
npm run members -- receipt --member ID [options]
npm run members -- erase-again [options]

export       everything the shop keeps of a member, all pages in one document of JSON, on standard output or in a file
erase        erases a member for good, and prints what was done in each store, and at the end the same as one line of JSON
receipt      the same of a member who has been erased before
erase-again  after tables have been restored from a backup: has every erasure there ever was done again, within the hour

  --member ID  the member
  --out FILE   where the export goes; the file has to be a new one
  --yes        erase without this does nothing: there is no way back
  --url URL    the backend to ask (default: ${DEFAULT_URL})
  --help       this text

A token with the scope admin is taken from the variable RAPPORT_TOKEN; a local backend gives one out by itself.

Exit code 0: it is done. 1: it is not, and why. 2: nothing was done, because of how it was called, because there is no such member, or
because the member has been erased before.
`;

type Command =
  | { kind: 'export'; member: string; out: string | undefined; url: string }
  | { kind: 'erase' | 'receipt'; member: string; url: string }
  | { kind: 'erase-again'; url: string };

function readCommand(args: string[]): Command | 'help' {
  const { values, positionals } = parseOptions(args);
  if (values.help) return 'help';
  const { url, member, out, yes } = values;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new UsageError(`"${url}" is no http or https URL.`);
  }
  const [kind, ...more] = positionals;
  if (kind === undefined) throw new UsageError('What is to be done? export, erase, receipt or erase-again');
  if (more.length > 0 || !isKind(kind)) {
    throw new UsageError(`"${positionals.join(' ')}" is none of export, erase, receipt and erase-again.`);
  }
  if (out !== undefined && kind !== 'export') throw new UsageError(`${kind} takes no --out.`);
  if (yes && kind !== 'erase') throw new UsageError(`${kind} takes no --yes.`);
  if (kind === 'erase-again') {
    if (member !== undefined) throw new UsageError('erase-again takes no --member.');
    return { kind, url };
  }
  if (member === undefined) throw new UsageError('Which member? --member ID');
  if (!MEMBER_ID.test(member)) throw new UsageError(`"${member}" is no id of a member.`);
  if (kind === 'export') return { kind, member, out, url };
  if (kind === 'erase' && !yes) throw new UsageError('There is no way back from this: say --yes.');
  return { kind, member, url };
}

function isKind(kind: string): kind is Command['kind'] {
  return ['export', 'erase', 'receipt', 'erase-again'].includes(kind);
}

function parseOptions(args: string[]) {
  try {
    const options = {
      member: { type: 'string' },
      out: { type: 'string' },
      yes: { type: 'boolean', default: false },
      url: { type: 'string', default: DEFAULT_URL },
      help: { type: 'boolean', default: false },
    } as const;
    return parseArgs({ args, strict: true, allowPositionals: true, options });
  } catch (error) {
    throw new UsageError(firstLine(error));
  }
}

async function run(command: Command): Promise<string> {
  const token = process.env.RAPPORT_TOKEN;
  const shop = await ShopConnection.open({ url: command.url, scope: 'admin', token: token === '' ? undefined : token });
  if (command.kind === 'erase-again') {
    const { body } = taken(await shop.ask('POST', '/v1/erasures/again'));
    return `${body.erasures} erasures are done again, within the hour.\n${JSON.stringify(body)}\n`;
  }
  const path = `/v1/members/${encodeURIComponent(command.member)}`;
  if (command.kind === 'export') return exported(shop, path, command);
  const asked = command.kind === 'erase' ? shop.ask('DELETE', path) : shop.ask('GET', `${path}/erasure`);
  return receiptText(taken(await asked).body as unknown as Receipt);
}

type Page = { parts: { part: string; items: unknown[] }[]; nextCursor?: string };

/** All pages as one document: a part that goes on over several pages is one again. */
async function exported(shop: ShopConnection, path: string, { out }: { out: string | undefined }): Promise<string> {
  const parts: Page['parts'] = [];
  let whole: Record<string, unknown> = {};
  let cursor: string | undefined;
  do {
    const query = cursor === undefined ? '' : `?cursor=${cursor}`;
    const { body } = taken(await shop.ask('GET', `${path}/export${query}`));
    const page = body as unknown as Page;
    for (const { part, items } of page.parts) {
      const open = parts.at(-1);
      if (open?.part === part) open.items.push(...items);
      else parts.push({ part, items });
    }
    const { nextCursor, parts: _, ...about } = body;
    whole = { ...about, ...whole };
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  const text = `${JSON.stringify({ ...whole, parts }, null, 2)}\n`;
  if (out === undefined) return text;
  await writeNew(out, text);
  const items = parts.reduce((sum, part) => sum + part.items.length, 0);
  return `${JSON.stringify({ out, parts: parts.length, items })}\n`;
}

/** A file of that name is never half written, and never another's written over; nobody else on the machine reads it. */
async function writeNew(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeFile(path, '', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
    throw new UsageError(exists ? `${path} exists already.` : firstLine(error));
  }
  try {
    await writeFile(draft, text, { mode: 0o600 });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

type Receipt = {
  state: string;
  stores: { store: string; what: string; outcome: string; count?: number; why?: string }[];
};

function receiptText(receipt: Receipt): string {
  const rows = receipt.stores.map(({ store, outcome, count, what, why }) => [
    store,
    outcome,
    count ?? '',
    why === undefined ? what : `${what}: ${why}`,
  ]);
  const going =
    receipt.state === 'done' ? '' : 'It is still going on, by itself: ask for the receipt again in an hour.\n';
  return `${formatTable(rows, ['store', 'outcome', 'count', 'what'])}\n${going}${JSON.stringify(receipt)}\n`;
}

type Answer = { status: number; body: Record<string, unknown> };

/** Refusals that say that nothing was done, and nothing will be if it is asked again. */
const NOTHING_DONE = new Set(['not_found', 'member_erased']);

function taken(answer: Answer): Answer {
  const { status, body } = answer;
  if (status < 300) return answer;
  const { code = '', detail = '' } = body as { code?: string; detail?: string };
  if (NOTHING_DONE.has(code)) throw new UsageError(detail);
  throw new Error(`The backend answered ${[status, code].join(' ').trim()}: ${detail}`);
}

/** Runs the command and returns its exit code. */
async function main(args: string[]): Promise<number> {
  try {
    const command = readCommand(args);
    process.stdout.write(command === 'help' ? help : await run(command));
    return 0;
  } catch (error) {
    process.stderr.write(`members: ${firstLine(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
