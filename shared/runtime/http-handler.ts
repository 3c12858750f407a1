import middy from '@middy/core';
import type { APIGatewayProxyEventV2WithJWTAuthorizer, Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { type InputError, inputErrors } from '../../events/envelope.ts';
import { ID_PATTERN } from '../../events/ids.ts';
import { type Claims, checkAccess, checkBodyAccess } from './access.ts';
import { nowMs } from './clock.ts';
import { asksForMembers, type ErasedMembers, refuseErased } from './erased-members.ts';
import { MemberErased, Problem } from './errors.ts';
import { inLambda, type LambdaHandler } from './lambda.ts';
import { createLogger, errorFields, writeLine } from './log.ts';
import { type MetricCounts, writeMetrics } from './metrics.ts';
import { PROBLEM_MEDIA_TYPE, problemDetails } from './problem-details.ts';
import { openRateLimits, type RateLimits } from './rate-limits.ts';
import { parseJson, readBody } from './request-body.ts';
import type { Caller, Route, RouteRequest } from './route.ts';

/** A request of an API Gateway HTTP API, payload format 2.0; a public route has no authorizer in it. */
export type HttpEvent = Pick<
  APIGatewayProxyEventV2WithJWTAuthorizer,
  'routeKey' | 'rawPath' | 'headers' | 'pathParameters' | 'queryStringParameters' | 'body' | 'isBase64Encoded'
> & {
  requestContext: {
    requestId: string;
    authorizer?: { jwt?: { claims?: Record<string, unknown> } };
    http?: { sourceIp?: string };
  };
};

export type HttpAnswer = { statusCode: number; headers: Record<string, string>; body: string };

export type HttpDependencies = {
  write?: (line: string) => void;
  /** In place of the limits that the environment names. */
  rateLimits?: RateLimits;
  /** Which members are no more; every function has it that has a route for members. */
  erasedMembers?: ErasedMembers;
};

/** The caller's own id of a request, where it looks like one; else the gateway's. */
const CORRELATION_HEADER = 'x-correlation-id';

/** So much before the function is cut off, the caller is told to try again. */
const TIMEOUT_RESERVE_MS = 500;

/**
 * The Lambda handler of a domain's routes. For the route that the gateway has matched, in this order: the access
 * check, how much the caller has asked for lately, the schemas of path, query, headers and body, whether a member who is asked
 * for has been erased, the route itself, the answer. Nothing of a route runs when one of them refuses. A Problem is answered as it is; anything else as a 500 that names only the correlation id.
 * `open` is called once, when the entry module is loaded.
 */
export function httpHandler<Stores>(
  routes: readonly Route<Stores>[],
  open: () => Stores & HttpDependencies,
): LambdaHandler<HttpEvent, HttpAnswer> {
  const stores = open();
  const write = stores.write ?? writeLine;
  const limits = stores.rateLimits ?? openRateLimits(write);
  if (stores.erasedMembers === undefined && inLambda() && routes.some(asksForMembers)) {
    throw new Error('A function with routes for members does not know which of them have been erased.');
  }
  const byKey = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));
  const timeout = {
    timeoutEarlyInMillis: TIMEOUT_RESERVE_MS,
    timeoutEarlyResponse: () => {
      throw new Problem('unavailable', 'The answer took too long.');
    },
  };
  return middy<HttpEvent, HttpAnswer>(async (event: HttpEvent, { functionName }: Context) => {
    const route = byKey.get(event.routeKey);
    if (route === undefined) throw new Problem('not_found', 'There is no such route.');
    const count = (counts: MetricCounts) => writeMetrics(functionName, counts, write);
    const request = { ...(await readRequest(route, event, limits)), count };
    await refuseErased(route, request, stores.erasedMembers);
    const answer = await route.handle(request as RouteRequest<never, never, never, never>, stores);
    return respond(event, answer.status, answer.body, answer.headers);
  }, timeout).onError(({ event, context, error }) => toProblem(event, context, error, write));
}

type ReadRequest = Omit<RouteRequest<unknown, unknown, unknown, unknown>, 'count'>;

async function readRequest(
  route: Route<never>,
  event: HttpEvent,
  limits: RateLimits | undefined,
): Promise<ReadRequest> {
  const path = decodePath(event.pathParameters);
  const caller = checkAccess(route.access, claimsOf(event), path);
  await limits?.count(caller, event.requestContext.http?.sourceIp);
  // First of all schemas: whose data is asked for may stand in the body, and comes before whether it is asked correctly.
  const body = bodyOf(route, event, caller);
  return {
    caller,
    path: check(route.pathSchema, path, 'path'),
    query: check(route.querySchema, event.queryStringParameters ?? {}, 'query'),
    headers: check(route.headerSchema, headersOf(event), 'header'),
    body,
    nowMs: nowMs(),
    correlationId: correlationId(event),
    givenCorrelationId: givenCorrelationId(event),
  };
}

function claimsOf(event: HttpEvent): Claims {
  return event.requestContext.authorizer?.jwt?.claims;
}

/** What the access check compares and what the route is given are one and the same decoded text. */
function decodePath(parameters: Record<string, string | undefined> | undefined): Record<string, string> {
  const entries = Object.entries(parameters ?? {}).map(([name, value]) => [name, decodeSegment(value ?? '')] as const);
  return Object.fromEntries(entries);
}

/** A segment that cannot be decoded stays as it is; the route's schema refuses it, after the access check. */
function decodeSegment(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function bodyOf(route: Route<never>, event: HttpEvent, caller: Caller): unknown {
  if (route.rawBody === undefined && route.bodySchema === undefined) return undefined;
  const contentType = headerOf(event, 'content-type');
  const raw = readBody({ body: event.body, isBase64Encoded: event.isBase64Encoded, contentType }, route.rawBody);
  if (route.rawBody !== undefined) return raw;
  const body = parseJson(raw.text);
  checkBodyAccess(route.access, caller, body);
  return check(route.bodySchema, body, '');
}

function check(schema: z.ZodMiniType | undefined, input: unknown, place: string): unknown {
  if (schema === undefined) return undefined;
  const result = z.safeParse(schema, input, { reportInput: true });
  if (result.success) return result.data;
  const errors = inputErrors(result.error.issues).map(
    (error): InputError => ({ ...error, path: at(place, error.path) }),
  );
  throw new Problem('invalid_request', `${errors[0]?.path ?? place}: ${errors[0]?.message ?? 'not valid'}`, errors);
}

const at = (place: string, path: string): string => [place, path].filter((it) => it !== '').join('.');

function headersOf(event: HttpEvent): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(event.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
}

function headerOf(event: HttpEvent, name: string): string | undefined {
  return headersOf(event)[name];
}

function correlationId(event: HttpEvent): string {
  return givenCorrelationId(event) ?? event.requestContext.requestId;
}

function givenCorrelationId(event: HttpEvent): string | undefined {
  const given = headerOf(event, CORRELATION_HEADER);
  return given !== undefined && ID_PATTERN.test(given) ? given : undefined;
}

function respond(
  event: HttpEvent,
  statusCode: number,
  body: unknown,
  headers: Record<string, string> = {},
): HttpAnswer {
  return {
    statusCode,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      [CORRELATION_HEADER]: correlationId(event),
      ...headers,
    },
    body: JSON.stringify(body),
  };
}

/** Errors that are mended by trying again: somebody else was writing, the tables asked for patience, or keys cannot be had. */
const TRY_AGAIN: ReadonlySet<string> = new Set([
  'WriteConflict',
  'KeysUnavailable',
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
]);
const RETRY_AFTER_SECONDS = 1;

/** The problem that an error is to the caller; undefined where it is nobody's business but ours. */
function knownProblem(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  // Whose it is turned out on the way.
  if (error instanceof MemberErased) return new Problem('not_found', 'The shop knows no member of this id.');
  if (!(error instanceof Error) || !TRY_AGAIN.has(error.name)) return undefined;
  return new Problem('unavailable', 'It cannot be done at this moment; nothing has changed.');
}

function toProblem(event: HttpEvent, context: Context, error: unknown, write: (line: string) => void): HttpAnswer {
  const known = knownProblem(error);
  const id = correlationId(event);
  if (known === undefined) {
    createLogger({ write }).error('internal', {
      function: context.functionName,
      route: event.routeKey,
      correlationId: id,
      ...errorFields(error),
    });
    // To AWS an answer is an answer: a function that has one for everybody, and it is a 500, has made no error.
    writeMetrics(context.functionName, { Failed: 1 }, write);
  }
  if (known?.code === 'too_many_requests') writeMetrics(context.functionName, { RateLimited: 1 }, write);
  const problem = known ?? new Problem('internal', `Give this id when you ask about it: ${id}`);
  const details = problemDetails({
    code: problem.code,
    detail: problem.detail,
    errors: problem.errors,
    instance: event.rawPath,
  });
  return respond(
    event,
    details.status,
    { ...details, ...problem.extensions },
    {
      'content-type': PROBLEM_MEDIA_TYPE,
      ...(problem.code === 'unauthorized' ? { 'www-authenticate': 'Bearer' } : {}),
      ...(problem.code === 'unavailable' ? { 'retry-after': String(RETRY_AFTER_SECONDS) } : {}),
      ...(problem.code === 'too_many_requests' ? { 'retry-after': String(problem.extensions.retryAfterSeconds) } : {}),
    },
  );
}
