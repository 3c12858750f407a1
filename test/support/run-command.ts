import { spawn } from 'node:child_process';
import { once } from 'node:events';

export type Ran = { code: number | null; out: string; err: string };

/** Runs a command of the product to its end, as `npm run NAME -- ...args` does. */
export async function runCommand(name: string, ...args: string[]): Promise<Ran> {
  const child = spawn(process.execPath, [`infra/commands/${name}.ts`, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ran = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    ran.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    ran.err += chunk;
  });
  await once(child, 'close');
  return { code: child.exitCode, ...ran };
}
