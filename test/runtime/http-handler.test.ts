import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { Problem } from '../../shared/runtime/errors.ts';
import { type HttpAnswer, httpHandler } from '../../shared/runtime/http-handler.ts';
import { decodeCursor, encodeCursor, listQuerySchema } from '../../shared/runtime/list.ts';
import { defineRoute, type RawBody, type RouteRequest } from '../../shared/runtime/route.ts';
import { httpEvent, lambdaContext, lineCollector, type RequestParts } from '../support/lambda.ts';

type Stores = { answer: (request: RouteRequest<unknown, unknown, unknown, unknown>) => unknown };

const shared = {
  summary: 'x',
  access: { kind: 'public' },
  answers: {},
  problems: [],
  handle: async (request: RouteRequest<unknown, unknown, unknown, unknown>, { answer }: Stores) => ({
    status: 200,
    body: await answer(request),
  }),
} as const;

const routes = [
  defineRoute({ ...shared, method: 'GET', path: '/v1/things', querySchema: listQuerySchema }),
  defineRoute({
    ...shared,
    method: 'GET',
    path: '/v1/things/{id}',
    pathSchema: z.object({ id: z.string().check(z.regex(/^[a-z:]+$/)) }),
  }),
  defineRoute({
    ...shared,
    method: 'POST',
    path: '/v1/things',
    bodySchema: z.strictObject({ name: z.string(), inner: z.optional(z.strictObject({ size: z.int() })) }),
  }),
  defineRoute({
    ...shared,
    method: 'PUT',
    path: '/v1/things',
    rawBody: { mediaTypes: ['text/plain'], limitBytes: 10 },
  }),
  defineRoute({
    ...shared,
    method: 'DELETE',
    path: '/v1/things',
    headerSchema: z.object({ 'if-match': z.optional(z.string().check(z.maxLength(10))) }),
  }),
];

function start(answer: Stores['answer'] = (request) => request) {
  const { write, lines } = lineCollector();
  const handler = httpHandler(routes, () => ({ answer, write }));
  const call = async (routeKey: string, parts?: RequestParts) =>
    read(await handler(httpEvent(routeKey, parts), lambdaContext()));
  return { call, lines, handler };
}

const read = ({ statusCode, headers, body }: HttpAnswer) => ({
  status: statusCode,
  headers,
  body: JSON.parse(body) as Record<string, unknown>,
});

const JSON_TYPE = { 'content-type': 'application/json' };

describe('a request that fits', () => {
  it('reaches its route with what its schemas have read', async () => {
    const { call } = start();
    expect((await call('GET /v1/things')).body).toMatchObject({ query: { limit: 20 } });
    expect((await call('GET /v1/things', { query: { limit: '100', cursor: 'abc' } })).body).toMatchObject({
      query: { limit: 100, cursor: 'abc' },
    });
    expect((await call('GET /v1/things/{id}', { path: { id: 'a%3Ab' } })).body).toMatchObject({ path: { id: 'a:b' } });
    const posted = await call('POST /v1/things', { headers: JSON_TYPE, body: '{"name":"x"}' });
    expect(posted.body).toMatchObject({ body: { name: 'x' } });
  });

  it('brings the headers that its route reads, whatever their letter case, and no other', async () => {
    const { call } = start(({ headers }) => headers);
    expect((await call('DELETE /v1/things', { headers: { 'If-Match': '"a"', 'x-other': 'b' } })).body).toEqual({
      'if-match': '"a"',
    });
    expect((await call('DELETE /v1/things')).body).toEqual({});
  });

  it('may be in base64, with any letter case and parameters of its content type', async () => {
    const { call } = start(({ body }) => (body as RawBody).text);
    const body = Buffer.from('Grüße').toString('base64');
    const headers = { 'Content-Type': 'Text/Plain; charset=UTF-8' };
    expect((await call('PUT /v1/things', { headers, body, isBase64Encoded: true })).body).toBe('Grüße');
  });

  it('is answered as JSON that nobody keeps, under the id the caller has given it or the gateway', async () => {
    const { call } = start(() => ({}));
    const plain = await call('GET /v1/things');
    expect(plain.headers).toEqual({
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-correlation-id': 'request-1',
    });
    const named = await call('GET /v1/things', { headers: { 'X-Correlation-Id': 'mine-1' } });
    expect(named.headers['x-correlation-id']).toBe('mine-1');
    const odd = await call('GET /v1/things', { headers: { 'x-correlation-id': 'a\r\nset-cookie: x' } });
    expect(odd.headers['x-correlation-id']).toBe('request-1');
  });
});

describe('a request that does not fit is told why', () => {
  const rows: [what: string, routeKey: string, parts: RequestParts, status: number, code: string, paths?: string[]][] =
    [
      ['an unknown route', 'GET /v1/nothing', {}, 404, 'not_found'],
      ['the fallback', '$default', {}, 404, 'not_found'],
      ['an id that is none', 'GET /v1/things/{id}', { path: { id: 'A' } }, 400, 'invalid_request', ['path.id']],
      [
        'an id that cannot be decoded',
        'GET /v1/things/{id}',
        { path: { id: '%E0' } },
        400,
        'invalid_request',
        ['path.id'],
      ],
      ['limit 0', 'GET /v1/things', { query: { limit: '0' } }, 400, 'invalid_request', ['query.limit']],
      ['limit 101', 'GET /v1/things', { query: { limit: '101' } }, 400, 'invalid_request', ['query.limit']],
      ['half a limit', 'GET /v1/things', { query: { limit: '1.5' } }, 400, 'invalid_request', ['query.limit']],
      [
        'a header that is too long',
        'DELETE /v1/things',
        { headers: { 'if-match': 'x'.repeat(11) } },
        400,
        'invalid_request',
        ['header.if-match'],
      ],
      ['no body', 'POST /v1/things', { headers: JSON_TYPE }, 400, 'malformed_json'],
      ['no JSON', 'POST /v1/things', { headers: JSON_TYPE, body: '{' }, 400, 'malformed_json'],
      ['a missing field', 'POST /v1/things', { headers: JSON_TYPE, body: '{}' }, 400, 'invalid_request', ['name']],
      [
        'unknown fields',
        'POST /v1/things',
        { headers: JSON_TYPE, body: '{"name":"x","nom":1,"inner":{"size":1,"colour":2}}' },
        400,
        'invalid_request',
        ['inner.colour', 'nom'],
      ],
      ['no content type', 'POST /v1/things', { body: '{"name":"x"}' }, 415, 'unsupported_media_type'],
      [
        'another content type',
        'POST /v1/things',
        { headers: { 'content-type': 'text/xml' }, body: '<a/>' },
        415,
        'unsupported_media_type',
      ],
      [
        'a body above the limit',
        'PUT /v1/things',
        { headers: { 'content-type': 'text/plain' }, body: 'elevenbytes' },
        413,
        'body_too_large',
      ],
      [
        'no UTF-8',
        'PUT /v1/things',
        {
          headers: { 'content-type': 'text/plain' },
          body: Buffer.from([0xff, 0xfe]).toString('base64'),
          isBase64Encoded: true,
        },
        400,
        'malformed_json',
      ],
    ];
  it.each(rows)('%s', async (_, routeKey, parts, status, code, paths) => {
    const reached: unknown[] = [];
    const { call } = start((request) => reached.push(request));
    const answer = await call(routeKey, parts);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.body).toMatchObject({
      type: `urn:rapport:problem:${code}`,
      title: expect.any(String),
      status,
      detail: expect.any(String),
      instance: expect.any(String),
      code,
    });
    const errors = (answer.body.errors ?? []) as { path: string; code: string }[];
    expect(errors.length > 0).toBe(status === 400);
    if (paths !== undefined) expect(errors.map((it) => it.path).sort()).toEqual(paths);
    expect(reached).toEqual([]);
  });

  it('names an unknown field by its own code', async () => {
    const answer = await start().call('POST /v1/things', { headers: JSON_TYPE, body: '{"name":"x","nom":1}' });
    expect(answer.body.errors).toEqual([{ path: 'nom', code: 'unknown_field', message: expect.any(String) }]);
  });
});

describe('what a route throws', () => {
  it('is answered where it is a problem, with its extensions', async () => {
    const { call, lines } = start(() => {
      throw new Problem('id_reused', 'Other content.', [], { rejected: [1] });
    });
    const answer = await call('GET /v1/things');
    expect([answer.status, answer.body.code, answer.body.rejected]).toEqual([409, 'id_reused', [1]]);
    expect(lines).toEqual([]);
  });

  it('is a 500 otherwise, which says nothing but the id, and is logged', async () => {
    const { call, lines } = start(() => {
      throw new Error('password is swordfish');
    });
    const answer = await call('GET /v1/things');
    expect(answer.status).toBe(500);
    expect(answer.body).toMatchObject({ code: 'internal', detail: expect.stringContaining('request-1') });
    expect(JSON.stringify(answer)).not.toMatch(/swordfish|stack|http-handler/);
    expect(JSON.stringify(lines)).not.toContain('swordfish');
    expect(lines).toMatchObject([
      {
        level: 'error',
        message: 'internal',
        route: 'GET /v1/things',
        correlationId: 'request-1',
        error: 'Error',
        stack: expect.stringContaining('http-handler.test.ts'),
      },
      { function: expect.any(String), Failed: 1 },
    ]);
  });

  it.each(['WriteConflict', 'KeysUnavailable', 'ThrottlingException', 'ProvisionedThroughputExceededException'])(
    'is a 503 that asks for patience where it is %s',
    async (name) => {
      const { handler } = start(() => {
        throw Object.assign(new Error('of no interest'), { name });
      });
      const answer = await handler(httpEvent('GET /v1/things'), lambdaContext());
      expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '1']);
      expect(answer.body).toContain('nothing has changed');
    },
  );

  it('is a 503 where the answer takes too long', async () => {
    const { handler } = start(() => new Promise(() => undefined));
    const context = lambdaContext({ getRemainingTimeInMillis: () => 510 });
    const answer = read(await handler(httpEvent('GET /v1/things'), context));
    expect([answer.status, answer.body.code]).toEqual([503, 'unavailable']);
  });
});

describe('a cursor', () => {
  const schema = z.object({ at: z.int() });

  it('comes back as it went', () => {
    expect(decodeCursor(schema, encodeCursor({ at: 7 }))).toEqual({ at: 7 });
    expect(decodeCursor(schema, undefined)).toBeUndefined();
  });

  it.each([['!!!'], [''], [encodeCursor({ at: 'x' })], [encodeCursor(null)], [Buffer.from('{').toString('base64url')]])(
    'that no list has written is refused: %s',
    (cursor) => {
      expect(() => decodeCursor(schema, cursor)).toThrow(expect.objectContaining({ code: 'invalid_cursor' }));
    },
  );
});
