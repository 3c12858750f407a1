import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

export type Ran = { status: number | null; stdout: string; stderr: string };

/** Runs a command of this project as a user does, without a terminal, in the given environment and no other. */
export function runCommand(file: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [resolve(file), ...args], {
      env: { ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (text: Buffer) => {
      stdout += text.toString();
    });
    child.stderr.on('data', (text: Buffer) => {
      stderr += text.toString();
    });
    child.once('error', failed);
    child.once('close', (status) => done({ status, stdout, stderr }));
  });
}
