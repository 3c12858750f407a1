/** The directory that one runtime at a time keeps its data in. */
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StartError } from './lifecycle-errors.ts';
import type { LogEntry } from './log.ts';

/** Exit code of a second runtime on the same directory. */
const IN_USE_EXIT_CODE = 2;
/** A runtime that was just asked to stop gets this long to let go before the next one complains. */
const LOCK_WAIT_MS = 1_000;
/** From this size on, the log of the last run is put aside when the next begins. */
const LOG_LIMIT_BYTES = 64 * 1024 ** 2;

export class DataDirectory {
  readonly path: string;
  readonly #lock: DatabaseSync;

  private constructor(path: string, lock: DatabaseSync) {
    this.path = path;
    this.#lock = lock;
  }

  /**
   * Opens the directory for this process alone. The lock is one of the operating system on a file, so it ends with the
   * process that holds it, however that ends; the process id beside it is for the person who reads the error.
   * @param fresh empties it first
   * @throws StartError where another process holds it
   */
  static open(path: string, fresh: boolean): DataDirectory {
    mkdirSync(path, { recursive: true });
    const lock = new DatabaseSync(join(path, 'lock'));
    try {
      lock.exec(`PRAGMA busy_timeout = ${LOCK_WAIT_MS}; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE`);
    } catch {
      lock.close();
      throw new StartError(
        `${path} is in use by ${holderOf(path)}; stop it, or choose another with --data`,
        IN_USE_EXIT_CODE,
      );
    }
    if (fresh) empty(path);
    writeFileSync(join(path, 'pid'), `${process.pid}\n`);
    return new DataDirectory(path, lock);
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Lets the next process in. */
  close(): void {
    rmSync(this.file('pid'), { force: true });
    this.#lock.close();
  }
}

function holderOf(path: string): string {
  try {
    return `process ${readFileSync(join(path, 'pid'), 'utf8').trim()}`;
  } catch {
    return 'another process';
  }
}

function empty(path: string): void {
  for (const name of readdirSync(path)) {
    if (name !== 'lock' && !name.startsWith('lock-')) rmSync(join(path, name), { recursive: true, force: true });
  }
}

/** Appends entries as lines of JSON, gathered for a moment so that a busy function does not wait for the disk. */
export class LogFile {
  readonly #path: string;
  #lines: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(path: string) {
    this.#path = path;
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (size > LOG_LIMIT_BYTES) renameSync(path, path.replace(/(\.[^.]+)?$/, '.previous$1'));
  }

  write(entry: LogEntry): void {
    this.#lines.push(`${JSON.stringify(entry)}\n`);
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.flush(), 100);
    this.#timer.unref();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines.length > 0) appendFileSync(this.#path, this.#lines.join(''));
    this.#lines = [];
  }
}
