import type { CloudEvent } from '../../events/envelope.ts';
import { Fault } from '../domain/fault.ts';
import { isFollowed, type Trace, traceOf } from '../domain/trace/trace.ts';
import { nowMs } from './clock.ts';
import { optionalEnv } from './env.ts';

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LEVELS)[number];

/**
 * Ids of events and of cases, codes and counts. Ids, names, texts and addresses of people have no place in a log, nor has anything that came
 * in from outside and is no id.
 */
export type LogFields = Record<string, string | number | boolean | undefined>;

export type Logger = Record<'debug' | 'info' | 'warn' | 'error', (message: string, fields?: LogFields) => void>;

export type LogOptions = {
  /** Default: the variable LOG_LEVEL, else AWS_LAMBDA_LOG_LEVEL, which Lambda sets, else info. */
  level?: LogLevel;
  /** Receives one line of JSON without the line's end. Default: standard output, where Lambda collects it. */
  write?: (line: string) => void;
  /** What every line says beside its own fields. */
  fields?: LogFields;
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
    write(JSON.stringify({ level, timestamp: new Date(nowMs()).toISOString(), message, ...options.fields, ...fields }));
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** What a line says of an event. */
export function traceFields(event: Pick<CloudEvent, 'id' | 'type'>): LogFields {
  return { type: event.type, ...traceOf(event) };
}

/** Where all is well, one in so many of what belongs together is written about, from its first event to its last. */
const FOLLOWED_ONE_IN = 16;

/**
 * Whether a log says of this event that it was done. The variable FOLLOW_ONE_IN takes the place of one in sixteen: 1 follows everything. Errors and
 * warnings are written of every event.
 */
export function follows({ correlationId }: Trace): boolean {
  const oneIn = Number(optionalEnv('FOLLOW_ONE_IN', String(FOLLOWED_ONE_IN)));
  return isFollowed(correlationId, Number.isInteger(oneIn) && oneIn > 0 ? oneIn : FOLLOWED_ONE_IN);
}

const FRAMES = 8;
const FRAME_LENGTH = 160;
/** What a name or a code looks like; anything else might be somebody's. */
const WORD = /^[A-Za-z][\w.:-]{0,79}$/;

/**
 * What a log may say of an unexpected error: its name, its codes, and where it happened. Its message only where we wrote it ourselves (Fault):
 * JSON.parse repeats what it was given, DynamoDB the value that it refuses, and a table's refusal brings the whole item along.
 */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: typeof error };
  const { code, $metadata, CancellationReasons } = error as Partial<AwsError>;
  return {
    error: WORD.test(error.name) ? error.name : 'Error',
    ...(error instanceof Fault && { reason: error.message }),
    ...(typeof code === 'string' && WORD.test(code) && { code }),
    ...(Array.isArray(CancellationReasons) && {
      reasons: CancellationReasons.map((it) => it.Code ?? 'None')
        .filter((it) => WORD.test(it))
        .join(),
    }),
    ...(typeof $metadata?.httpStatusCode === 'number' && { status: $metadata.httpStatusCode }),
    ...(typeof $metadata?.requestId === 'string' &&
      WORD_OR_ID.test($metadata.requestId) && { awsRequestId: $metadata.requestId }),
    stack: framesOf(error),
  };
}

const WORD_OR_ID = /^[\w-]{1,64}$/;

type AwsError = {
  code: unknown;
  $metadata: { httpStatusCode?: unknown; requestId?: unknown };
  CancellationReasons: { Code?: string }[];
};

/** The places in the code, without the message that stands above them and may have lines of its own. */
function framesOf({ stack = '', message }: Error): string {
  const from = stack.indexOf(message);
  return stack
    .slice(from === -1 ? 0 : from + message.length)
    .split('\n')
    .filter((line) => /^\s+at \S/.test(line))
    .slice(0, FRAMES)
    .map((line) => line.trim().slice(0, FRAME_LENGTH))
    .join('\n');
}

function levelFromEnv(): LogLevel {
  const level = optionalEnv('LOG_LEVEL', optionalEnv('AWS_LAMBDA_LOG_LEVEL', 'info')).toLowerCase();
  return LEVELS.find((it) => it === level) ?? 'info';
}
