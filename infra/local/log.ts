/**
 * Where the output of functions goes. They run in this process and write to its console as they do on Lambda; a line
 * written during an invocation is taken out of the terminal's stream and kept as an entry with the function's name.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { format } from 'node:util';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export type LogEntry = {
  at: string;
  /** The function that wrote it; absent where the runtime itself speaks. */
  function?: string;
  requestId?: string;
  level: LogLevel;
  /** The line as it was written, parsed where it is JSON. */
  line: unknown;
};

export type LogSink = (entry: LogEntry) => void;

export type Invocation = { functionName: string; requestId: string };

const invocations = new AsyncLocalStorage<Invocation & { sink: LogSink }>();

/** Runs `work` with everything it writes sent to `sink`. */
export function logged<Result>(invocation: Invocation, sink: LogSink, work: () => Result): Result {
  return invocations.run({ ...invocation, sink }, work);
}

type Write = typeof process.stdout.write;

/**
 * Diverts what functions write. Lines written outside an invocation pass through.
 * @returns a function that undoes it
 */
export function divertOutput(): () => void {
  const levels: [keyof Console & ('debug' | 'log' | 'info' | 'warn' | 'error'), LogLevel][] = [
    ['debug', 'debug'],
    ['log', 'info'],
    ['info', 'info'],
    ['warn', 'warn'],
    ['error', 'error'],
  ];
  const undo: (() => void)[] = [];
  for (const [method, level] of levels) {
    const original = console[method];
    console[method] = (...values: unknown[]) => {
      if (!record(level, format(...values))) original.apply(console, values);
    };
    undo.push(() => {
      console[method] = original;
    });
  }
  for (const [stream, level] of [
    [process.stdout, 'info'],
    [process.stderr, 'error'],
  ] as const) {
    const original: Write = stream.write;
    const diverted = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
      const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
      if (!record(level, text)) return Reflect.apply(original, stream, [chunk, ...rest]);
      const done = rest.find((argument) => typeof argument === 'function');
      if (typeof done === 'function') process.nextTick(done);
      return true;
    };
    stream.write = diverted as Write;
    undo.push(() => {
      stream.write = original;
    });
  }
  return () => {
    for (const restore of undo) restore();
  };
}

function record(level: LogLevel, text: string): boolean {
  const invocation = invocations.getStore();
  if (invocation === undefined) return false;
  const { functionName, requestId, sink } = invocation;
  for (const written of text.split('\n')) {
    if (written === '') continue;
    const line = parsed(written);
    const entry = {
      at: new Date().toISOString(),
      function: functionName,
      requestId,
      level: levelOf(line) ?? level,
      line,
    };
    // Outside the invocation, or what the sink itself prints would come back to it.
    invocations.exit(() => sink(entry));
  }
  return true;
}

function parsed(line: string): unknown {
  if (!line.startsWith('{')) return line;
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}

/** The level a structured line gives itself outweighs the stream it was written to. */
function levelOf(line: unknown): LogLevel | undefined {
  if (typeof line !== 'object' || line === null || !('level' in line)) return undefined;
  const level = String(line.level).toLowerCase();
  return level === 'debug' || level === 'info' || level === 'warn' || level === 'error' ? level : undefined;
}
