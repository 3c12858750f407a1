/** `npm run sbom`: what is deployed beside our own code, as a CycloneDX document, and under which licences. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import packageJson from '../../package.json' with { type: 'json' };
import { firstLine, UsageError } from './usage-error.ts';

const help = `Usage: npm run sbom [-- options]

Writes docs/sbom.json (CycloneDX, by npm sbom) and docs/licences.md: the packages that are deployed, as package-lock.json has them.

  --check   write nothing; exit 1 and name the files that do not show the lock file as it is
  --help    show this
`;

const folder = join(import.meta.dirname, '../../docs');

type Licence = { license?: { id?: string; name?: string }; expression?: string };
type Component = {
  'bom-ref': string;
  type: string;
  name: string;
  version: string;
  scope?: string;
  purl: string;
  hashes?: { alg: string; content: string }[];
  licenses?: Licence[];
};
type Document = { specVersion: string; components: Component[]; dependencies: { ref: string; dependsOn?: string[] }[] };

/** Both documents by their file under docs/, as text. The same lock file always gives the same text: no time, no serial number, no place. */
export function sbomDocuments(): Map<string, string> {
  const { name, version } = packageJson;
  const self = `${name}@${version}`;
  const { specVersion, components, dependencies } = deployedOf(readSbom(), self);
  const document = {
    bomFormat: 'CycloneDX',
    specVersion,
    version: 1,
    metadata: { component: { 'bom-ref': self, type: 'application', name, version, purl: `pkg:npm/${self}` } },
    components: components.toSorted(by((it) => it['bom-ref'])).map(kept),
    dependencies: dependencies
      .toSorted(by((it) => it.ref))
      .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.toSorted() })),
  };
  return new Map([
    ['sbom.json', `${JSON.stringify(document, null, 2)}\n`],
    ['licences.md', licenceList(document.components)],
  ]);
}

/** The licence of a package, as SPDX writes it; `unknown` where it names none. */
export function licenceOf({ licenses = [] }: Pick<Component, 'licenses'>): string {
  const names = licenses.map(({ license, expression }) => license?.id ?? license?.name ?? expression ?? 'unknown');
  return names.length === 0 ? 'unknown' : names.join(' AND ');
}

function readSbom(): Document {
  const npm = process.env.npm_execpath;
  const [program, first] = npm === undefined ? ['npm', []] : [process.execPath, [npm]];
  const args = [...first, 'sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
  const text = execFileSync(program, args, {
    cwd: join(folder, '..'),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(text) as Document;
}

/**
 * What the packages that are deployed lead to, by the document's own dependencies. npm's `--omit dev` is of no use for it: it leaves out whatever a tool
 * needs as well.
 */
function deployedOf({ specVersion, components, dependencies }: Document, self: string): Document {
  const wanted = new Set(Object.keys({ ...packageJson.dependencies, ...packageJson.optionalDependencies }));
  const leadsTo = new Map(dependencies.map(({ ref, dependsOn = [] }) => [ref, dependsOn]));
  const direct = (leadsTo.get(self) ?? []).filter((ref) => wanted.has(ref.slice(0, ref.lastIndexOf('@'))));
  const found = new Set(direct);
  for (const ref of found) for (const next of leadsTo.get(ref) ?? []) found.add(next);
  return {
    specVersion,
    components: components.filter((it) => found.has(it['bom-ref'])),
    dependencies: [{ ref: self, dependsOn: direct }, ...dependencies.filter(({ ref }) => found.has(ref))],
  };
}

/** What says which package it is; npm's own remarks differ from one npm to the next. */
function kept(component: Component): Component {
  const { type, name, version, scope, purl, hashes = [], licenses = [] } = component;
  return { 'bom-ref': component['bom-ref'], type, name, version, ...(scope && { scope }), purl, hashes, licenses };
}

function licenceList(components: readonly Component[]): string {
  const byLicence = [...Map.groupBy(components, licenceOf)].toSorted(by(([licence]) => licence));
  const sections = byLicence.flatMap(([licence, all]) => [
    `## ${licence}`,
    '',
    ...all.map(({ name, version }) => `- ${name} ${version}`),
    '',
  ]);
  const head = [
    '# Licences',
    '',
    `What is deployed with Rapport: ${components.length} packages. Written by \`npm run sbom\`; do not edit.`,
    '',
  ];
  return [...head, ...sections].join('\n');
}

function by<Item>(keyOf: (item: Item) => string): (a: Item, b: Item) => number {
  return (a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0);
}

/** The documents that do not show the lock file as it is. */
export function staleSbom(fresh: ReadonlyMap<string, string>): string[] {
  return [...fresh].filter(([file, text]) => read(join(folder, file)) !== text).map(([file]) => file);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function options(): { check: boolean; help: boolean } {
  try {
    const flags = { check: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } } as const;
    return parseArgs({ options: flags }).values;
  } catch (error) {
    throw new UsageError(firstLine(error));
  }
}

function main(): void {
  const { check, help: asked } = options();
  if (asked) {
    process.stdout.write(help);
    return;
  }
  const fresh = sbomDocuments();
  const stale = staleSbom(fresh);
  if (check && stale.length > 0) {
    process.stderr.write(`Stale: ${stale.map((file) => `docs/${file}`).join(', ')}. Run npm run sbom.\n`);
    process.exitCode = 1;
  }
  if (check) return;
  for (const [file, text] of fresh) writeFileSync(join(folder, file), text);
  process.stdout.write(stale.length === 0 ? 'Nothing has changed.\n' : `Written: ${stale.join(', ')}\n`);
}

if (import.meta.main) {
  try {
    main();
  } catch (error) {
    process.stderr.write(`${firstLine(error)}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}
