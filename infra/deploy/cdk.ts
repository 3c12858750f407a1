/** The CDK's command line, of the version that package.json pins, on an assembly that has been written already. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { root } from '../constructs/bundle.ts';

/** Runs it where this process talks to its user, and returns its exit code. */
export function runCdk(verb: 'bootstrap' | 'deploy' | 'diff', outdir: string, args: readonly string[]): number {
  const cdk = join(dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')), 'bin/cdk');
  const { status } = spawnSync(process.execPath, [cdk, verb, `--app=${outdir}`, '--no-notices', ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, CDK_DISABLE_CLI_TELEMETRY: 'true' },
  });
  return status ?? 1;
}
