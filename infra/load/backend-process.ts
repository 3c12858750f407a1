import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { listen } from '../local/listen.ts';

const command = join(import.meta.dirname, '../commands/start.ts');
const run = promisify(execFile);

/** `npm start` as a process of its own, with a directory of data of its own, which can be killed and started again. */
export class BackendProcess {
  readonly url: string;
  readonly #port: number;
  readonly #directory: string;
  #child: ChildProcess | undefined;

  private constructor(port: number, directory: string) {
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.#directory = directory;
  }

  /** @throws where it does not start, with what it said last */
  static async start(): Promise<BackendProcess> {
    const backend = new BackendProcess(await freePort(), mkdtempSync(join(tmpdir(), 'rapport-load-')));
    try {
      await backend.restart();
      return backend;
    } catch (error) {
      await backend.end();
      throw error;
    }
  }

  /** Starts it, or starts it again on the same data, and returns when it serves. */
  async restart(): Promise<void> {
    const child = spawn(
      process.execPath,
      [command, '--port', String(this.#port), '--data', join(this.#directory, 'data')],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        // A backend that npm has started ends with its parent, whatever becomes of that.
        env: { ...process.env, npm_lifecycle_event: 'load' },
      },
    );
    this.#child = child;
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = `${said}${chunk.toString('utf8')}`.slice(-4_000);
    });
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.startsWith('ready ')) continue;
      // What it says further is nobody's concern, but it must not wait for somebody to read it.
      child.stdout.resume();
      return;
    }
    throw new Error(`The backend did not start: ${said.trim().split('\n').at(-1) ?? ''}`);
  }

  /** Ends it as `kill -9` does, in the middle of whatever it is at. */
  async kill(): Promise<void> {
    const child = this.#running();
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** What the process and its tables hold of this machine's memory, in bytes; undefined where nobody can tell. */
  async memoryBytes(): Promise<number | undefined> {
    try {
      const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,rss=']);
      const { pid } = this.#running();
      return stdout.split('\n').reduce((sum, line) => {
        const [own, parent, kilobytes] = line.trim().split(/\s+/).map(Number);
        return own === pid || parent === pid ? sum + (kilobytes ?? 0) * 1_024 : sum;
      }, 0);
    } catch {
      return undefined;
    }
  }

  /** Ends it in good order and takes its data away. */
  async end(): Promise<void> {
    const child = this.#child;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #running(): ChildProcess {
    if (this.#child === undefined) throw new Error('The backend does not run');
    return this.#child;
  }
}

/** A port that was free a moment ago: started again, the backend has to be found where it was. */
async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server, 0);
  server.close();
  await once(server, 'close');
  return port;
}
