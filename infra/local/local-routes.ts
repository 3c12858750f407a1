/**
 * Routes that only the local runtime has: its issuer, its clock, waiting until all is done, and the dead letters. They
 * answer callers on this machine alone.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AlarmState } from '../watch/evaluate-alarm.ts';
import type { LocalClock } from './clock.ts';
import { readBody, sendJson, sendProblem, sendUnavailable } from './http-body.ts';
import { type Issuer, TOKEN_LIFETIME_SECONDS, type TokenRequest } from './issuer.ts';
import { StoppingError } from './lifecycle-errors.ts';

const MAX_BODY_BYTES = 64 * 1024;

export type DeadLetter = {
  queue: string;
  messageId: string;
  /** The message as it was sent, parsed where it is JSON. */
  body: unknown;
  reason?: string;
  attributes: Readonly<Record<string, string>>;
};

export type LocalRoutesOptions = {
  clock: LocalClock;
  issuer: Issuer;
  token: (request: TokenRequest) => Promise<string>;
  issuerName: string;
  baseUrl: string;
  /** Where the services of AWS are spoken to here, and the stage whose names everything has. */
  endpoints: { stage: string; region: string; aws: string; tables: string };
  settle: () => Promise<{ deadLetters: number }>;
  deadLetters: () => readonly DeadLetter[];
  /** Trains the model of recommendations now, on all that has happened, and says what came of it. */
  train: () => Promise<unknown>;
  /** The last events on the bus, newest first: what was sent, and what has been announced of it. */
  events: () => readonly unknown[];
  /** The alarms of the stage, by what was measured here. */
  alarms: () => readonly AlarmState[];
};

type Call = (options: LocalRoutesOptions, body: unknown, response: ServerResponse) => Promise<void> | void;

const routes: Readonly<Record<string, Call>> = {
  'POST /local/token': async ({ token }, body, response) => {
    const request = tokenRequestOf(body);
    if (request === undefined) {
      return sendInvalid(response, 'Send {"scope": "events:write members:read"} or {"member": "some-member"}');
    }
    const signed = await token(request);
    sendJson(response, 200, {
      token: signed,
      // The names of OAuth 2, for clients that go by it.
      access_token: signed,
      token_type: 'Bearer',
      expires_in: TOKEN_LIFETIME_SECONDS,
      scope: request.scope,
    });
  },

  'GET /local/alarms': ({ alarms }, _body, response) => sendJson(response, 200, { alarms: alarms() }),

  'GET /local/clock': ({ clock }, _body, response) => sendClock(response, clock),

  'POST /local/clock': ({ clock }, body, response) => {
    const nowMs = instantOf(body);
    if (nowMs === undefined)
      return sendInvalid(response, 'Send {"now": "2026-01-05T10:00:00Z"}: RFC 3339 with an offset');
    if (clock.kind === 'real') {
      return sendConflict(
        response,
        'clock_is_real',
        'The clock is real',
        'Only a runtime started with --virtual-clock can be moved',
      );
    }
    if (nowMs < clock.nowMs()) {
      const detail = `It is already ${new Date(clock.nowMs()).toISOString()}; the clock only moves forward`;
      return sendConflict(response, 'clock_goes_backward', 'The clock goes forward only', detail);
    }
    clock.advanceTo(nowMs);
    sendClock(response, clock);
  },

  'POST /local/settle': async ({ settle }, _body, response) => {
    try {
      sendJson(response, 200, await settle());
    } catch (error) {
      if (!(error instanceof StoppingError)) throw error;
      sendUnavailable(response, error.message);
    }
  },

  'POST /local/train': async ({ train }, _body, response) => sendJson(response, 200, await train()),

  'GET /local/endpoints': ({ endpoints }, _body, response) => sendJson(response, 200, endpoints),

  'GET /local/dead-letters': ({ deadLetters }, _body, response) => sendJson(response, 200, { items: deadLetters() }),

  'GET /local/events': ({ events }, _body, response) => sendJson(response, 200, { items: events() }),

  'GET /.well-known/jwks.json': ({ issuer }, _body, response) => sendJson(response, 200, issuer.jwks),

  'GET /.well-known/openid-configuration': ({ issuerName, baseUrl }, _body, response) =>
    sendJson(response, 200, {
      issuer: issuerName,
      jwks_uri: `${baseUrl}/.well-known/jwks.json`,
      token_endpoint: `${baseUrl}/local/token`,
      id_token_signing_alg_values_supported: ['RS256'],
    }),
};

const loopbackAddress = /^(127\.|::1$|::ffff:127\.)/;
/** A page on the web may point a name of its own at this machine; it cannot make the browser send one of these. */
const loopbackHost = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i;

/** @returns true where the path belongs to the local runtime and was answered */
export async function answerLocal(
  options: LocalRoutesOptions,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<boolean> {
  const isLocal = url.pathname === '/local' || url.pathname.startsWith('/local/');
  if (!isLocal && !url.pathname.startsWith('/.well-known/')) return false;
  const call = routes[`${request.method} ${url.pathname}`];
  const fromHere =
    loopbackAddress.test(request.socket.remoteAddress ?? '') && loopbackHost.test(request.headers.host ?? '');
  if (call === undefined || (isLocal && !fromHere)) {
    const detail = `No local route takes ${request.method} ${url.pathname}`;
    sendProblem(response, { status: 404, code: 'not_found', title: 'There is nothing here', detail });
    return true;
  }
  const body = await readBody(request, MAX_BODY_BYTES);
  const parsed = body === undefined || body.length === 0 ? undefined : parse(body.toString('utf8'));
  await call(options, parsed, response);
  return true;
}

/** A member's token has the scope `member` unless another is asked for; a service's token has what is asked for. */
function tokenRequestOf(body: unknown): TokenRequest | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { scope, member } = body as Record<string, unknown>;
  if (scope !== undefined && typeof scope !== 'string') return undefined;
  if (member === undefined) return scope === undefined ? undefined : { scope };
  return typeof member === 'string' && member !== '' ? { scope: scope ?? 'member', member } : undefined;
}

function instantOf(body: unknown): number | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const now = (body as { now?: unknown }).now;
  if (typeof now !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(now))
    return undefined;
  const ms = Date.parse(now);
  return Number.isNaN(ms) ? undefined : ms;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function sendClock(response: ServerResponse, clock: LocalClock): void {
  sendJson(response, 200, { now: new Date(clock.nowMs()).toISOString(), kind: clock.kind });
}

function sendInvalid(response: ServerResponse, detail: string): void {
  sendProblem(response, { status: 400, code: 'invalid_request', title: 'The request is not valid', detail });
}

function sendConflict(response: ServerResponse, code: string, title: string, detail: string): void {
  sendProblem(response, { status: 409, code, title, detail });
}
