/** How large the functions' bundles are, and how long a consumer takes to import. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import { bundleFile, bundleOptions, root } from '../../infra/constructs/bundle.ts';
import type { FunctionSpec } from '../../infra/constructs/wiring.ts';
import { domains } from '../../infra/domains/domains.ts';
import { median, percentile } from './statistics.ts';

/**
 * What a function loads when it starts, and what is in its folder altogether: code that is imported only where it is
 * needed makes the difference.
 */
export type BundleRow = {
  name: string;
  consumer: boolean;
  bytes: number;
  gzippedBytes: number;
  folderBytes: number;
  folderGzippedBytes: number;
};

export type ImportTimes = {
  /** Medians, in milliseconds. */
  consumerMs: number;
  clientMs: number;
  plainClientMs: number;
  ratio: number;
  plainRatio: number;
  /** The fastest import of one by the fastest of the other: nothing else ran then. */
  fastestRatio: number;
  /** The middle half of the pairs' own ratios: what the machine did in the meantime shows here. */
  ratioQuartiles: [number, number];
  runs: number;
};

export type Bundles = { rows: BundleRow[]; imports: ImportTimes };

const CLIENT_ENTRY = 'test/bench/client-alone.ts';
const CONSUMER = 'loyalty-order-placed';

/** What Lambda and the stacks set; no address in it is ever called. */
const environment = {
  PATH: process.env.PATH ?? '',
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  PROFILE_TABLE: 'profile',
  INBOX_TABLE: 'inbox',
  CATALOG_TABLE: 'catalog',
  DEAD_LETTER_QUEUE_URL: 'http://127.0.0.1:9/dead',
  MAX_RECEIVE_COUNT: '5',
};

const timer = `
  const [path] = process.argv.slice(1);
  const startedMs = performance.now();
  await import(path);
  process.stdout.write(String(performance.now() - startedMs));
  process.exit(0);
`;

/** Bundles every function as the stacks do; sizes in bytes. */
export async function measureBundles({ runs }: { runs: number }): Promise<Bundles> {
  const folder = mkdtempSync(join(tmpdir(), 'rapport-bench-'));
  try {
    const rows = functionsOfApp().map(({ name, entry, consumer, nativePackages }) => {
      return { name, consumer, ...bundle(entry, join(folder, name), nativePackages) };
    });
    bundle(CLIENT_ENTRY, join(folder, 'client'));
    const plain = join(folder, 'plain', bundleFile);
    // What somebody gets who bundles without a thought.
    buildSync({
      entryPoints: [join(root, CLIENT_ENTRY)],
      outfile: plain,
      bundle: true,
      platform: 'node',
      format: 'esm',
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
      logLevel: 'silent',
    });
    const paths = [join(folder, CONSUMER, bundleFile), join(folder, 'client', bundleFile), plain];
    return { rows, imports: await measureImports(paths, runs) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Fresh processes, taking turns, so that what disturbs one disturbs all. */
async function measureImports(paths: readonly string[], runs: number): Promise<ImportTimes> {
  const times: number[][] = paths.map(() => []);
  // The first round fills the file system's cache.
  for (let run = -1; run < runs; run += 1) {
    for (const [index, path] of paths.entries()) {
      const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', timer, path], {
        env: environment,
      });
      if (run >= 0) times[index]?.push(Number(stdout));
    }
  }
  const [consumer = [], client = [], plain = []] = times;
  const ratios = consumer.map((ms, index) => ms / (client[index] ?? Number.NaN));
  return {
    consumerMs: median(consumer),
    clientMs: median(client),
    plainClientMs: median(plain),
    ratio: median(consumer) / median(client),
    plainRatio: median(consumer) / median(plain),
    fastestRatio: Math.min(...consumer) / Math.min(...client),
    ratioQuartiles: [percentile(ratios, 0.25), percentile(ratios, 0.75)],
    runs,
  };
}

function bundle(
  entry: string,
  folder: string,
  nativePackages?: readonly string[],
): Omit<BundleRow, 'name' | 'consumer'> {
  const { metafile } = buildSync({ ...bundleOptions(entry, folder, nativePackages), metafile: true });
  const outputs = metafile?.outputs ?? {};
  const path = (output: string) => resolve(root, output);
  const start = Object.keys(outputs).find((output) => path(output) === join(folder, bundleFile));
  if (start === undefined) throw new Error(`${entry} has no bundle`);
  const loaded = new Set([start]);
  for (const output of loaded) {
    for (const { path: imported, kind } of outputs[output]?.imports ?? []) {
      if (kind === 'import-statement' && imported in outputs) loaded.add(imported);
    }
  }
  const sizes = (files: Iterable<string>) => {
    const codes = [...files].map((output) => readFileSync(path(output)));
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    return { bytes: sum(codes.map((it) => it.length)), gzipped: sum(codes.map((it) => gzipSync(it).length)) };
  };
  const atStart = sizes(loaded);
  const folderWhole = sizes(Object.keys(outputs));
  return {
    bytes: atStart.bytes,
    gzippedBytes: atStart.gzipped,
    folderBytes: folderWhole.bytes,
    folderGzippedBytes: folderWhole.gzipped,
  };
}

type Bundled = Pick<FunctionSpec, 'name' | 'entry' | 'nativePackages'> & { consumer: boolean };

function functionsOfApp(): Bundled[] {
  return domains.flatMap(({ http, reactions = [], streamReactions = [], scheduledReactions = [] }) => [
    ...[...reactions, ...streamReactions, ...scheduledReactions].map((it) => ({ ...it, consumer: true })),
    ...(http === undefined ? [] : [{ ...http, consumer: false }]),
  ]);
}
