import { nowMs } from './clock.ts';
import { optionalEnv } from './env.ts';

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LEVELS)[number];

/** Ids, codes and counts. Names, texts and addresses of people have no place in a log. */
export type LogFields = Record<string, string | number | boolean | undefined>;

export type Logger = Record<'debug' | 'info' | 'warn' | 'error', (message: string, fields?: LogFields) => void>;

export type LogOptions = {
  /** Default: the variable LOG_LEVEL, else AWS_LAMBDA_LOG_LEVEL, which Lambda sets, else info. */
  level?: LogLevel;
  /** Receives one line of JSON without the line's end. Default: standard output, where Lambda collects it. */
  write?: (line: string) => void;
};

/**
 * Writes to standard output past `console`, which on Lambda puts words before the JSON. LOG_LEVEL=silent keeps back
 * everything, metrics too; any other level keeps back log lines alone.
 */
export function writeLine(line: string): void {
  if (levelFromEnv() !== 'silent') process.stdout.write(`${line}\n`);
}

/**
 * One line of JSON per message. Lambda filters by `level` only where a line has a `timestamp` too, so every line has
 * both.
 */
export function createLogger(options: LogOptions = {}): Logger {
  const write = options.write ?? writeLine;
  const threshold = LEVELS.indexOf(options.level ?? levelFromEnv());
  const at = (level: keyof Logger) => (message: string, fields?: LogFields) => {
    if (LEVELS.indexOf(level) < threshold) return;
    write(JSON.stringify({ level, timestamp: new Date(nowMs()).toISOString(), message, ...fields }));
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

const STACK_LENGTH = 1_500;

/** What a log may say of an unexpected error. */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: typeof error };
  return { error: error.name, reason: error.message.slice(0, 500), stack: error.stack?.slice(0, STACK_LENGTH) };
}

function levelFromEnv(): LogLevel {
  const level = optionalEnv('LOG_LEVEL', optionalEnv('AWS_LAMBDA_LOG_LEVEL', 'info')).toLowerCase();
  return LEVELS.find((it) => it === level) ?? 'info';
}
