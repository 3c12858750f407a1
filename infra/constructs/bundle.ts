import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type AssetCode, Code } from 'aws-cdk-lib/aws-lambda';
import type { BuildFailure, BuildOptions } from 'esbuild';

/** The repository's root: entry paths are relative to it. */
export const root = resolve(import.meta.dirname, '../..');

/** Where a bundle's code is inside its folder; the function's handler is `index.handler`. */
export const bundleFile = 'index.mjs';

/**
 * How a function becomes a folder of few files: everything it imports and nothing else, the AWS SDK too, as the SDK that Lambda
 * brings along is read from disk file by file and starts slower.
 *
 * The SDK's default credential chain (SSO, profiles, web identity, instance metadata) is replaced by the one that a
 * Lambda function needs, the environment: more than half of a bundle would be code that never runs there.
 */
export function bundleOptions(entry: string, folder: string, nativePackages: readonly string[] = []): BuildOptions {
  return {
    // The SDK loads bowser to say which browser it runs in; a function runs in none.
    external: ['bowser', ...nativePackages],
    entryPoints: { index: join(root, entry) },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // What is imported only when it is needed, such as the queue client of the dead letters, becomes a file of its own.
    splitting: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    minify: true,
    legalComments: 'none',
    charset: 'utf8',
    mainFields: ['module', 'main'],
    // Some of the SDK's packages are CommonJS and call require for Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    alias: { '@aws-sdk/credential-provider-node': join(root, 'shared/adapters/aws/lambda-credentials.ts') },
    absWorkingDir: root,
    logLevel: 'silent',
  };
}

/** Bundles an entry into a folder; an entry that does not bundle is an error of one line. */
export function bundleInto(entry: string, folder: string, nativePackages: readonly string[] = []): void {
  // Loaded where it is needed: the local runtime never bundles.
  const { buildSync } = createRequire(import.meta.url)('esbuild') as typeof import('esbuild');
  try {
    buildSync(bundleOptions(entry, folder, nativePackages));
  } catch (error) {
    const [first] = (error as Partial<BuildFailure>).errors ?? [];
    if (first === undefined) throw error;
    const where = first.location ? ` (${first.location.file}:${first.location.line})` : '';
    throw new Error(`${entry} cannot be bundled: ${first.text}${where}`);
  }
}

let workshop: string | undefined;

/** A directory for bundles that goes when the process does: the CDK copies what it needs into its assembly. */
function bundleFolder(entry: string): string {
  if (workshop === undefined) {
    const directory = mkdtempSync(join(tmpdir(), 'rapport-bundles-'));
    process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
    workshop = directory;
  }
  return join(workshop, entry.replace(/\.ts$/, ''));
}

/**
 * Lays packages beside a bundle as they are installed, each with what it depends on. Optional dependencies are there for
 * one platform each; those that are installed are taken.
 */
function layBeside(folder: string, packages: readonly string[]): void {
  const laid = new Set<string>();
  const lay = (name: string, optional: boolean): void => {
    const from = join(root, 'node_modules', name);
    if (laid.has(name)) return;
    if (!existsSync(from)) {
      if (optional) return;
      throw new Error(`${name} is not installed, and a function needs it beside its bundle: run npm ci`);
    }
    laid.add(name);
    cpSync(from, join(folder, 'node_modules', name), { recursive: true });
    const { dependencies = {}, optionalDependencies = {} } = JSON.parse(
      readFileSync(join(from, 'package.json'), 'utf8'),
    ) as Partial<Record<'dependencies' | 'optionalDependencies', Record<string, string>>>;
    for (const dependency of Object.keys(dependencies)) {
      if (!(dependency in optionalDependencies)) lay(dependency, false);
    }
    for (const dependency of Object.keys(optionalDependencies)) lay(dependency, true);
  };
  for (const name of packages) lay(name, false);
}

/** The code of a function. The hash is that of the bundle, so a function that did not change is not deployed anew. */
export function bundled(entry: string, nativePackages: readonly string[] = []): AssetCode {
  const folder = bundleFolder(entry);
  bundleInto(entry, folder, nativePackages);
  layBeside(folder, nativePackages);
  return Code.fromAsset(folder);
}
