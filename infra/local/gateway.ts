/** The HTTP API: routes, authorizer and payload format 2.0 of API Gateway, with problem documents for its own errors. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { JWTPayload } from 'jose';
import { readBody, sendProblem, sendUnavailable } from './http-body.ts';
import type { Issuer } from './issuer.ts';
import { routerOf } from './routing.ts';
import type { RouteModel, Wiring } from './wiring/model.ts';

/** What API Gateway takes at most. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

export type GatewayOptions = {
  wiring: Wiring;
  issuer: Issuer;
  invoke: (functionName: string, event: unknown) => Promise<unknown>;
  /** Routes of the local runtime itself; true where it answered. */
  local: (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<boolean>;
  onError: (error: unknown) => void;
  /** Told of every answer of a route: its status, and how long it took. */
  onAnswered: (status: number, ms: number) => void;
};

type Authorized = { claims: JWTPayload | undefined } | { refused: 'unauthorized' | 'forbidden' };

/** @param options undefined while the backend still starts: the port is taken, and callers are asked to try again */
export function createGateway(options: () => GatewayOptions | undefined): Server {
  return createServer((request, response) => {
    const current = options();
    if (current === undefined) {
      sendUnavailable(response, 'The backend is starting');
      return;
    }
    answer(current, request, response).catch((error: unknown) => {
      current.onError(error);
      if (response.headersSent) response.destroy();
      else sendInternalError(response);
    });
  });
}

async function answer(options: GatewayOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (await options.local(request, response, url)) return;
  const startedMs = performance.now();
  response.once('finish', () => options.onAnswered(response.statusCode, performance.now() - startedMs));

  const method = request.method ?? 'GET';
  const found = routers.of(options.wiring)(method, url.pathname);
  if (found === undefined) {
    return sendProblem(response, {
      status: 404,
      code: 'not_found',
      title: 'There is nothing here',
      detail: `No route takes ${method} ${url.pathname}`,
    });
  }
  const authorized = await authorize(found.route, request, options.issuer);
  if ('refused' in authorized) return sendRefusal(response, authorized.refused);

  const body = await readBody(request, MAX_BODY_BYTES);
  if (body === undefined) {
    const detail = `A request has at most ${MAX_BODY_BYTES} bytes`;
    return sendProblem(
      response,
      { status: 413, code: 'body_too_large', title: 'The body is too large', detail },
      // What was not read still arrives; the connection is of no further use.
      { connection: 'close' },
    );
  }
  const event = eventOf(options.wiring, request, url, found, authorized.claims, body);
  let result: unknown;
  try {
    result = await options.invoke(found.route.functionName, event);
  } catch {
    // The function's own error is in the log, with its request id; a caller learns no more than that.
    return sendInternalError(response);
  }
  sendResult(response, result);
}

/** Routers by wiring: compiled once. */
const routers = {
  compiled: new WeakMap<Wiring, ReturnType<typeof routerOf>>(),
  of(wiring: Wiring): ReturnType<typeof routerOf> {
    const known = this.compiled.get(wiring) ?? routerOf(wiring.routes);
    this.compiled.set(wiring, known);
    return known;
  },
};

async function authorize(route: RouteModel, request: IncomingMessage, issuer: Issuer): Promise<Authorized> {
  if (route.authorizer === undefined) return { claims: undefined };
  const [, token] = /^(?:Bearer )?([\w-]+\.[\w-]*\.[\w-]*)$/i.exec(request.headers.authorization ?? '') ?? [];
  const claims = token === undefined ? undefined : await issuer.verify(token, route.authorizer);
  if (claims === undefined) return { refused: 'unauthorized' };
  const scopes = scopesOf(claims);
  const allowed = route.scopes.length === 0 || route.scopes.some((scope) => scopes.includes(scope));
  return allowed ? { claims } : { refused: 'forbidden' };
}

function scopesOf(claims: JWTPayload): string[] {
  return typeof claims.scope === 'string' ? claims.scope.split(' ') : [];
}

function eventOf(
  wiring: Wiring,
  request: IncomingMessage,
  url: URL,
  { route, pathParameters }: { route: RouteModel; pathParameters: Readonly<Record<string, string>> },
  claims: JWTPayload | undefined,
  body: Buffer,
): Record<string, unknown> {
  const headers = headersOf(request);
  const cookies = request.headers.cookie?.split('; ');
  const query = queryOf(url);
  const now = new Date();
  const isBase64Encoded = body.length > 0 && !isText(headers['content-type']);
  return {
    version: '2.0',
    routeKey: route.routeKey,
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    ...(cookies === undefined ? {} : { cookies }),
    headers,
    ...(Object.keys(query).length === 0 ? {} : { queryStringParameters: query }),
    ...(Object.keys(pathParameters).length === 0 ? {} : { pathParameters }),
    requestContext: {
      accountId: wiring.account,
      apiId: 'local',
      ...(claims === undefined
        ? {}
        : {
            authorizer: { jwt: { claims: textsOf(claims), scopes: route.scopes.length === 0 ? null : route.scopes } },
          }),
      domainName: headers.host ?? 'localhost',
      domainPrefix: 'local',
      http: {
        method: request.method,
        path: url.pathname,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: route.routeKey,
      stage: '$default',
      time: now.toUTCString(),
      timeEpoch: now.getTime(),
    },
    ...(body.length === 0 ? {} : { body: body.toString(isBase64Encoded ? 'base64' : 'utf8') }),
    isBase64Encoded,
  };
}

/** Names in lower case; several of one name joined by commas, as API Gateway does. Cookies have a list of their own. */
function headersOf(request: IncomingMessage): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined || name === 'cookie') continue;
    joined[name] = Array.isArray(value) ? value.join(',') : value;
  }
  return joined;
}

function queryOf(url: URL): Record<string, string> {
  const names = new Set(url.searchParams.keys());
  return Object.fromEntries([...names].map((name) => [name, url.searchParams.getAll(name).join(',')]));
}

/** The authorizer hands every claim on as text. */
function textsOf(claims: JWTPayload): Record<string, string> {
  const text = (value: unknown): string => {
    if (Array.isArray(value)) return `[${value.map(String).join(' ')}]`;
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  };
  return Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, text(value)]));
}

/**
 * What is handed on as it is. Structured JSON types such as `application/cloudevents+json` are text here; API Gateway
 * documents no list, so a handler has to look at `isBase64Encoded` in any case.
 */
function isText(contentType: string | undefined): boolean {
  const type = (contentType ?? 'text/plain').split(';')[0]?.trim().toLowerCase() ?? '';
  return type.startsWith('text/') || /^application\/(.+\+)?(json|xml)$/.test(type) || type === 'application/javascript';
}

/** An answer of a function: the full form with `statusCode`, or any other value, which is the JSON body of a 200. */
function sendResult(response: ServerResponse, result: unknown): void {
  if (typeof result !== 'object' || result === null || !('statusCode' in result)) {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(typeof result === 'string' ? result : JSON.stringify(result));
    return;
  }
  const { statusCode, headers, cookies, body, isBase64Encoded } = result as Record<string, unknown>;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599) {
    sendInternalError(response);
    return;
  }
  const bytes = Buffer.from(typeof body === 'string' ? body : '', isBase64Encoded === true ? 'base64' : 'utf8');
  const sent: Record<string, string | string[]> = { 'content-length': String(bytes.length) };
  if (typeof headers === 'object' && headers !== null) {
    for (const [name, value] of Object.entries(headers)) sent[name.toLowerCase()] = String(value);
  }
  if (Array.isArray(cookies)) sent['set-cookie'] = cookies.map(String);
  response.writeHead(status, sent);
  response.end(bytes);
}

const refusals = {
  unauthorized: {
    problem: { status: 401, title: 'A valid token is needed', detail: 'This route needs a valid bearer token' },
    challenge: 'Bearer',
  },
  forbidden: {
    problem: { status: 403, title: 'This token may not do this', detail: 'The token lacks the scope of this route' },
    challenge: 'Bearer error="insufficient_scope"',
  },
} as const;

function sendRefusal(response: ServerResponse, code: keyof typeof refusals): void {
  const { problem, challenge } = refusals[code];
  sendProblem(response, { ...problem, code }, { 'www-authenticate': challenge });
}

function sendInternalError(response: ServerResponse): void {
  const detail = 'The log names the cause';
  sendProblem(response, { status: 500, code: 'internal', title: 'Something went wrong here', detail });
}
