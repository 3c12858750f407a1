import fc from 'fast-check';
import { expect } from 'vitest';
import type * as z from 'zod/mini';
import type { NamedRoute } from '../../docs/routes.ts';
import { catalogue } from '../../events/catalogue.ts';
import { envelopeSchema, MEDIA_TYPE_BATCH, MEDIA_TYPE_EVENT } from '../../events/envelope.ts';
import shopPolicy from '../../shared/policy/policy.json' with { type: 'json' };
import { isProblemCode } from '../../shared/runtime/errors.ts';
import type { HttpAnswer, HttpEvent } from '../../shared/runtime/http-handler.ts';
import type { LoadedBackend } from '../support/loaded-backend.ts';
import {
  CONTENT_TYPES,
  hostileText,
  nearlyValidJson,
  strangeQuery,
  strangeSegment,
  validInput,
  validQuery,
} from '../support/schema-arbitrary.ts';
import type { TableCall, watchTableCalls } from '../support/table-calls.ts';

export type Attempt = {
  path: Record<string, string>;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: string | undefined;
  isBase64Encoded: boolean;
  /** A member's token, or that of a service that may. */
  asMember: boolean;
};

export type Tally = { requests: number; byStatus: Map<number, number> };

/** A body that a route reads: of its own schema, or what the route says it checks itself. */
function schemaOf({ bodySchema, documentedBody, path }: NamedRoute): z.ZodMiniType | undefined {
  return path.startsWith('/v1/policy') ? bodySchema : (documentedBody ?? bodySchema);
}

const json = (schema: z.ZodMiniType) => validInput(schema).map((value) => JSON.stringify(value) ?? 'null');

/** Bodies of a route, with their types: half of them would do or nearly, the others would not. */
function bodiesOf(route: NamedRoute): fc.Arbitrary<Pick<Attempt, 'body' | 'isBase64Encoded'> & { type: string }> {
  const { rawBody } = route;
  const schema = schemaOf(route);
  const hostile = fc.record({
    body: fc.option(hostileText, { nil: undefined, freq: 20 }),
    type: fc.constantFrom(...CONTENT_TYPES),
    isBase64Encoded: fc.boolean(),
  });
  if (rawBody === undefined && schema === undefined) return hostile;
  const fitting = rawBody === undefined ? bodyTexts(route, schema as z.ZodMiniType) : eventTexts();
  const right = fc.record({
    body: fitting.map(({ text }) => text),
    type: fc.constant('application/json'),
    isBase64Encoded: fc.constant(false),
  });
  const packed = fitting.map(({ text, type }) => ({
    body: Buffer.from(text).toString('base64'),
    type: type ?? 'application/json',
    isBase64Encoded: true,
  }));
  const events = fitting.map(({ text, type }) => ({
    body: text,
    type: type ?? 'application/json',
    isBase64Encoded: false,
  }));
  return fc.oneof(
    { weight: 6, arbitrary: rawBody === undefined ? right : events },
    { weight: 1, arbitrary: packed },
    { weight: 3, arbitrary: hostile },
  );
}

type Text = { text: string; type?: string };

/** Bodies of a schema, right ones and nearly right ones; a policy is too large to be made up, so the shop's own is changed. */
function bodyTexts({ path }: NamedRoute, schema: z.ZodMiniType): fc.Arbitrary<Text> {
  const whole = { policy: shopPolicy, from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' };
  const base = path === '/v1/policy' ? { policy: shopPolicy } : whole;
  const texts = path.startsWith('/v1/policy')
    ? fc.oneof(fc.constant(JSON.stringify(base)), nearlyValidJson(schema, fc.constant(base)))
    : fc.oneof(json(schema), nearlyValidJson(schema));
  return texts.map((text) => ({ text }));
}

/** Events of every type, one or a batch of them, right and nearly right. */
function eventTexts(): fc.Arbitrary<Text> {
  const types = catalogue.map(({ schema, dataSchema, type }) => {
    const event = fc
      .tuple(validInput(envelopeSchema), validInput(dataSchema as unknown as z.ZodMiniType))
      .map(([envelope, data]) => ({ ...(envelope as object), specversion: '1.0', type, data }));
    const unknown = schema as unknown as z.ZodMiniType;
    return fc.oneof(
      event.map((it) => JSON.stringify(it)),
      nearlyValidJson(unknown, event),
    );
  });
  const one = fc.oneof(...types);
  return fc.oneof(
    one.map((text) => ({ text, type: MEDIA_TYPE_EVENT })),
    fc
      .array(one, { minLength: 1, maxLength: 4 })
      .map((all) => ({ text: `[${all.join(',')}]`, type: MEDIA_TYPE_BATCH })),
  );
}

export function attemptsAt(route: NamedRoute): fc.Arbitrary<Attempt> {
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const strangePath = fc.record(Object.fromEntries(names.map((name) => [name, strangeSegment])));
  const path =
    route.pathSchema === undefined
      ? fc.constant<Record<string, string>>({})
      : fc.oneof(
          { weight: 4, arbitrary: validInput(route.pathSchema) as fc.Arbitrary<Record<string, string>> },
          { weight: 1, arbitrary: strangePath as fc.Arbitrary<Record<string, string>> },
        );
  const query = fc.oneof(validQuery(route.querySchema), strangeQuery(route.querySchema));
  const headers =
    route.headerSchema === undefined
      ? fc.constant<Record<string, string>>({})
      : fc.oneof(validQuery(route.headerSchema), fc.dictionary(fc.constantFrom('if-match', 'x-a'), strangeSegment));
  // A member's own token, now and then, on routes that such a one may call.
  const membersToo = route.access.kind === 'member' || route.access.kind === 'owner';
  const asMember = membersToo ? fc.nat(3).map((it) => it === 0) : fc.constant(false);
  return fc
    .tuple(path, query, headers, bodiesOf(route), asMember, fc.option(strangeSegment, { freq: 8, nil: undefined }))
    .map(([path, query, headers, { body, type, isBase64Encoded }, asMember, correlation]) => ({
      path,
      query,
      headers: {
        ...headers,
        'content-type': type,
        ...(correlation === undefined ? {} : { 'x-correlation-id': correlation }),
      },
      body,
      isBase64Encoded,
      asMember,
    }));
}

function requestOf(route: NamedRoute, attempt: Attempt): HttpEvent {
  const routeKey = `${route.method} ${route.path}`;
  const encoded = Object.fromEntries(Object.entries(attempt.path).map(([name, text]) => [name, encoded8(text)]));
  const { access } = route;
  const scope = access.kind === 'public' ? 'desk' : access.scopes.join(' ');
  const memberId = attempt.path.id ?? 'ann';
  const claims = attempt.asMember ? { sub: memberId, scope: 'member' } : { sub: 'desk-1', scope };
  return {
    routeKey,
    rawPath: route.path.replace(/\{(\w+)\}/g, (_, name: string) => encoded[name] ?? ''),
    headers: attempt.headers,
    pathParameters: encoded,
    ...(Object.keys(attempt.query).length === 0 ? {} : { queryStringParameters: attempt.query }),
    ...(attempt.body === undefined ? {} : { body: attempt.body }),
    isBase64Encoded: attempt.isBase64Encoded,
    requestContext: {
      requestId: 'request-1',
      http: { sourceIp: '192.0.2.1' },
      ...(access.kind === 'public' ? {} : { authorizer: { jwt: { claims } } }),
    },
  };
}

/** As it stands in an address; what cannot be encoded stands there as it is. */
function encoded8(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What is written when a request is refused all the same: the counters of rate limits. */
const isCounter = ({ tables }: TableCall): boolean => tables.every((table) => table.endsWith('-limits'));

/** Commands carry an id of their own; a policy instead names the version that it replaces, which it then has. */
const isRepeatable = ({ method, path }: NamedRoute): boolean => method === 'POST' && path !== '/v1/events';

/** What an answer shows that nobody outside has any use for. */
const INSIDE = /\bat (?:\w|<)[^"]*\.ts:\d+|node_modules|\/functions\/|\/shared\/|DynamoDB|Exception\b|rapport-dev-/;

/**
 * Sends one request and looks at what came of it: an answer that is no server error and no look inside; a refusal is a problem with a known code and has
 * written nothing; the same command again is answered the same.
 */
export async function judge(
  backend: LoadedBackend,
  watch: ReturnType<typeof watchTableCalls>,
  functionName: string,
  route: NamedRoute,
  attempt: Attempt,
  tally: Tally,
): Promise<void> {
  const request = requestOf(route, attempt);
  const { answer, calls } = await watch.during(() => backend.invoke(functionName, request));
  const { statusCode, headers, body } = answer as HttpAnswer;
  tally.requests += 1;
  tally.byStatus.set(statusCode, (tally.byStatus.get(statusCode) ?? 0) + 1);
  const written = calls.filter((call) => call.wrote && !isCounter(call));
  const published = backend.takeEntries();
  if (statusCode >= 500) {
    // The log says why; without it nobody could mend it.
    throw new Error(`${statusCode} ${body}\n${backend.complaints.splice(0).join('\n')}`);
  }
  expect(body).not.toMatch(INSIDE);
  expect(Object.values(headers).join('')).not.toMatch(/[\r\n]/);
  const read = JSON.parse(body) as { code?: string; status?: number };
  if (statusCode >= 400) {
    expect(headers['content-type']).toBe('application/problem+json');
    expect({ code: read.code, known: isProblemCode(String(read.code)) }).toEqual({ code: read.code, known: true });
    expect(read.status).toBe(statusCode);
    expect({ statusCode, code: read.code, written, published }).toMatchObject({ written: [], published: [] });
    return;
  }
  expect(headers['content-type']).toBe('application/json');
  expect([200, 201, 202]).toContain(statusCode);
  if (written.length === 0 || !isRepeatable(route)) return;
  // What was done is done whole: the same again finds all of it, changes nothing and answers the same.
  const again = await watch.during(() => backend.invoke(functionName, request));
  backend.takeEntries();
  const repeated = again.answer as HttpAnswer;
  expect({ status: repeated.statusCode < 300, body: repeated.body }).toEqual({ status: true, body });
}

/** Prints what became of a route's requests. */
export function summaryOf(key: string, { requests, byStatus }: Tally): string {
  const parts = [...byStatus].toSorted(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
  return `${key}: ${requests} (${parts.join(', ')})`;
}
