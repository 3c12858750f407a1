import * as z from 'zod/mini';
import english from 'zod/v4/locales/en.js';
import { type EventId, eventIdSchema } from './ids.ts';
import { instantSchema } from './values.ts';

// zod/mini ships without words; a refusal without a sentence helps nobody. They are put together with the first refusal.
let words: ReturnType<typeof english>['localeError'] | undefined;
z.config({
  localeError: (issue) => {
    words ??= english().localeError;
    return words(issue);
  },
});

/** Media types of the two CloudEvents 1.0 forms that `POST /v1/events` takes. */
export const MEDIA_TYPE_EVENT = 'application/cloudevents+json';
export const MEDIA_TYPE_BATCH = 'application/cloudevents-batch+json';

/**
 * The extension attributes that Rapport adds at its door. `rapportseal` is on every event that has come through it: what the event
 * says of a person and whatever its schema does not know, encrypted, or `none`. `rapportsealext`: the sender's own extensions, likewise.
 */
export const SEAL = 'rapportseal';
export const EXTENSION_SEAL = 'rapportsealext';
export const NOTHING_SEALED = 'none';

/** Ids of what an event goes back to; they stay readable, and run through logs and announcements. */
export const TRACE_ATTRIBUTES = ['correlationid', 'causationid', 'traceparent'] as const;

/**
 * The CloudEvents 1.0 attributes around every event, in structured JSON form. Extension attributes are let through
 * untouched. `time` is required here although CloudEvents leaves it open: state is a fold of facts in time.
 */
export const envelopeSchema = z.looseObject({
  specversion: z.literal('1.0'),
  id: eventIdSchema,
  source: z.string().check(z.minLength(1), z.maxLength(512)),
  type: z.string().check(z.minLength(1), z.maxLength(128)),
  time: instantSchema,
  subject: z.optional(z.string().check(z.minLength(1), z.maxLength(256))),
  datacontenttype: z.optional(
    z.string().check(z.regex(/^application\/(.+\+)?json\b/i, 'Only JSON data can be read here.')),
  ),
  data: z.unknown(),
});

export type CloudEvent<Type extends string = string, Data = unknown> = {
  specversion: '1.0';
  id: EventId;
  source: string;
  type: Type;
  time: string;
  subject?: string | undefined;
  data: Data;
};

/** One thing wrong with an input: where, a stable code, and a sentence. */
export type InputError = { path: string; code: string; message: string };

/** Turns the issues of a zod schema into errors with stable codes; the path reads `data.lines[2].quantity`. */
export function inputErrors(issues: readonly z.core.$ZodIssue[]): InputError[] {
  return issues.slice(0, 50).flatMap((issue) => {
    const path = formatPath(issue.path);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: path === '' ? key : `${path}.${key}`,
        code: 'unknown_field',
        message: `There is no field ${key} here.`,
      }));
    }
    return [{ path, code: issueCode(issue), message: issue.message }];
  });
}

function issueCode(issue: z.core.$ZodIssue): string {
  if ((issue.code === 'invalid_type' || issue.code === 'invalid_value') && issue.input === undefined) return 'required';
  // A check of our own may name what it has found.
  return issue.code === 'custom' ? String(issue.params?.code ?? 'invalid_value') : issue.code;
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}
