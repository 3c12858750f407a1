import type { InputError } from '../../events/envelope.ts';

/** Every code a caller may see, with its HTTP status and title. Anything else is a 500 with a correlation id. */
export const PROBLEMS = {
  malformed_json: { status: 400, title: 'The body is no JSON' },
  invalid_request: { status: 400, title: 'The request is not valid' },
  invalid_events: { status: 400, title: 'No event of the request is valid' },
  invalid_event: { status: 400, title: 'The event is not valid' },
  unknown_type: { status: 400, title: 'There is no such event type' },
  unknown_currency: { status: 400, title: 'The policy does not know this currency' },
  event_too_large: { status: 400, title: 'The event is too large' },
  too_many_events: { status: 400, title: 'Too many events in one request' },
  invalid_cursor: { status: 400, title: 'The cursor is not valid' },
  unauthorized: { status: 401, title: 'A valid token is needed' },
  forbidden: { status: 403, title: 'This token may not do this' },
  not_found: { status: 404, title: 'There is nothing here' },
  id_reused: { status: 409, title: 'The id is taken by other content' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'This content type is not understood here' },
  unavailable: { status: 503, title: 'Please try again' },
  internal: { status: 500, title: 'Something went wrong here' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

/** An answer the caller may see: RFC 9457 problem details with a stable code. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly errors: readonly InputError[];
  /** Further members of the problem details, such as what was rejected. */
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(
    code: ProblemCode,
    detail: string,
    errors: readonly InputError[] = [],
    extensions: Readonly<Record<string, unknown>> = {},
  ) {
    super(`${code}: ${detail}`);
    this.name = 'Problem';
    this.code = code;
    this.detail = detail;
    this.errors = errors;
    this.extensions = extensions;
  }
}

/** A fact that no retry can make right; it goes to the dead-letter queue at once, with this reason. */
export class PermanentFailure extends Error {
  readonly code: string;

  constructor(code: string, reason: string) {
    super(reason);
    this.name = 'PermanentFailure';
    this.code = code;
  }
}
