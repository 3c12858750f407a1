import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { catalogue } from '../events/catalogue.ts';
import packageInfo from '../package.json' with { type: 'json' };
import { asyncApi } from './asyncapi.ts';
import { eventSchema, type JsonObject, schemaFile } from './json-schemas.ts';
import { openApi } from './openapi.ts';
import { allRoutes } from './routes.ts';

const HELP = `npm run docs [-- --check]

Writes the documents of the public contract from the schemas in the code:
docs/openapi.yaml, docs/asyncapi.yaml and docs/schemas/<event type>.json.

  --check   write nothing; exit 1 and name the files that do not show the code as it is
  --help    this text
`;

/** Every generated document by its path under docs/, as text. The same code always gives the same text. */
export async function documents(): Promise<Map<string, string>> {
  const { version } = packageInfo;
  const files = new Map<string, string>();
  files.set('openapi.yaml', yaml(openApi(await allRoutes(), catalogue, version)));
  files.set('asyncapi.yaml', yaml(asyncApi(catalogue, version)));
  for (const event of catalogue) files.set(schemaFile(event.type), `${JSON.stringify(eventSchema(event), null, 2)}\n`);
  return files;
}

/** The documents in a folder that differ from the code, are missing, or are of an event that is no more. */
export function staleDocuments(folder: string, fresh: ReadonlyMap<string, string>): string[] {
  const changed = [...fresh].filter(([file, text]) => read(join(folder, file)) !== text).map(([file]) => file);
  return [...changed, ...orphans(folder, fresh)].toSorted();
}

function orphans(folder: string, fresh: ReadonlyMap<string, string>): string[] {
  return filesIn(join(folder, 'schemas'))
    .map((file) => `schemas/${file}`)
    .filter((file) => !fresh.has(file));
}

function yaml(document: JsonObject): string {
  const notice = '# Generated from the schemas in the code by `npm run docs`. Do not edit.\n';
  return notice + stringify(document, { lineWidth: 0, aliasDuplicateObjects: false, compat: 'yaml-1.1' });
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

function options(): { check?: boolean | undefined; help?: boolean | undefined } {
  try {
    return parseArgs({ options: { check: { type: 'boolean' }, help: { type: 'boolean' } } }).values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  }
}

async function main(): Promise<void> {
  const { check, help } = options();
  if (help === true) {
    process.stdout.write(HELP);
    return;
  }
  const folder = import.meta.dirname;
  const fresh = await documents();
  const stale = staleDocuments(folder, fresh);
  if (check === true) {
    if (stale.length === 0) return;
    process.stderr.write(`Stale: ${stale.map((file) => `docs/${file}`).join(', ')}. Run npm run docs.\n`);
    process.exitCode = 1;
    return;
  }
  for (const file of orphans(folder, fresh)) rmSync(join(folder, file));
  for (const [file, text] of fresh) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  process.stdout.write(stale.length === 0 ? 'Nothing has changed.\n' : `Written: ${stale.join(', ')}\n`);
}

if (process.argv[1] === import.meta.filename) await main();
