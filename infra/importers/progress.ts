import type { WriteStream } from 'node:tty';

const TERMINAL_EVERY_MS = 100;
const LOG_EVERY_MS = 5_000;

type Output = Pick<WriteStream, 'write'> & { isTTY?: boolean; columns?: number };

/** One line that says how far something is: rewritten on a terminal, written every few seconds elsewhere. */
export class Progress {
  readonly #output: Output;
  readonly #nowMs: () => number;
  #lastMs: number;
  #shown = false;

  constructor(output: Output, nowMs: () => number = () => performance.now()) {
    this.#output = output;
    this.#nowMs = nowMs;
    // A terminal shows the first line at once; a log has nothing to say before there is some progress.
    this.#lastMs = output.isTTY ? Number.NEGATIVE_INFINITY : nowMs();
  }

  /** Shows a line; with `now`, whatever was shown a moment ago. */
  tell(line: string, { now = false }: { now?: boolean } = {}): void {
    const { isTTY = false, columns = 80 } = this.#output;
    const atMs = this.#nowMs();
    if (!now && atMs - this.#lastMs < (isTTY ? TERMINAL_EVERY_MS : LOG_EVERY_MS)) return;
    this.#lastMs = atMs;
    this.#shown = true;
    this.#output.write(isTTY ? `\r\u001B[K${line.slice(0, columns - 1)}` : `${line}\n`);
  }

  /** Clears the line of a terminal for what comes next. */
  end(): void {
    if (this.#shown && this.#output.isTTY) this.#output.write('\r\u001B[K');
  }
}
