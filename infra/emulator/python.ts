/** The emulator as pip installs it: one version of it and of all it needs, each file by its hash. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../constructs/bundle.ts';

const requirements = join(import.meta.dirname, 'requirements.txt');
const INSTALL_TIMEOUT_MS = 5 * 60_000;
/** The oldest Python that the emulator runs on. */
const OLDEST: readonly [number, number] = [3, 10];

export type Installed = { python: string } | { missing: string };

/**
 * The Python of an environment that holds the emulator; made under `node_modules/.cache` the first time, which takes some
 * seconds and needs PyPI. Says what is missing where that cannot be.
 */
export function installEmulator(): Installed {
  const found = ['python3', 'python'].map(versionOf).find((it) => it !== undefined);
  if (found === undefined) return { missing: `no Python ${OLDEST.join('.')} or later on the PATH` };
  const { command, version } = found;
  const content = createHash('sha256').update(readFileSync(requirements)).update(version).digest('hex').slice(0, 16);
  const directory = join(root, 'node_modules/.cache/rapport-emulator', content);
  const python = join(directory, 'bin/python');
  const complete = join(directory, 'complete');
  if (existsSync(complete)) return { python };
  // What an interrupted installation left is no environment.
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const made = run(command, ['-m', 'venv', directory]);
  if (made !== undefined) return { missing: `python -m venv does not work (${made})` };
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', '--only-binary=:all:'];
  const installed = run(python, [...pip, '--require-hashes', '--requirement', requirements]);
  if (installed !== undefined) return { missing: `pip could not install the emulator (${installed})` };
  writeFileSync(complete, '');
  return { python };
}

function versionOf(command: string): { command: string; version: string } | undefined {
  const { status, stdout } = spawnSync(command, ['-c', 'import sys; print(sys.version.split()[0])'], {
    encoding: 'utf8',
  });
  const version = status === 0 ? stdout.trim() : '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]) ? { command, version } : undefined;
}

/** Runs a command to its end; the last line of what it complained of where it fails. */
function run(command: string, args: readonly string[]): string | undefined {
  const { status, stderr, stdout, error } = spawnSync(command, args, { encoding: 'utf8', timeout: INSTALL_TIMEOUT_MS });
  if (status === 0) return undefined;
  const said = `${stdout ?? ''}\n${stderr ?? ''}`.trim().split('\n').at(-1);
  return error?.message ?? (said || `exit code ${status}`);
}
