import { afterEach, describe, expect, it, vi } from 'vitest';
import { Problem } from '../../shared/runtime/errors.ts';
import { type HttpEvent, httpHandler } from '../../shared/runtime/http-handler.ts';
import { openRateLimits, type RateLimits } from '../../shared/runtime/rate-limits.ts';
import { type Access, type Caller, defineRoute } from '../../shared/runtime/route.ts';
import { httpEvent, lambdaContext, lineCollector } from '../support/lambda.ts';

afterEach(() => vi.unstubAllEnvs());

const full: RateLimits = {
  count: async () => {
    throw new Problem('too_many_requests', 'Ask again in 12 s.', [], { retryAfterSeconds: 12 });
  },
};

function start(access: Access, rateLimits: RateLimits) {
  let handled = 0;
  const route = defineRoute<object>({
    method: 'GET',
    path: '/v1/things/{id}',
    summary: 'x',
    access,
    answers: {},
    problems: [],
    handle: async () => {
      handled += 1;
      return { status: 200, body: {} };
    },
  });
  const { write, lines } = lineCollector();
  const handler = httpHandler([route], () => ({ rateLimits, write }));
  const call = async (parts: Partial<HttpEvent['requestContext']> = {}) => {
    const event = httpEvent('GET /v1/things/{id}', { path: { id: '1' } });
    const answer = await handler({ ...event, requestContext: { ...event.requestContext, ...parts } }, lambdaContext());
    return { ...answer, body: JSON.parse(answer.body) as unknown };
  };
  return { call, lines, handled: () => handled };
}

const tokenOf = (claims: Record<string, unknown>) => ({ authorizer: { jwt: { claims } } });

describe('a caller who has asked too much', () => {
  it('is told when to come again, nothing of the route runs, and it is counted', async () => {
    const { call, lines, handled } = start({ kind: 'public' }, full);
    expect(await call()).toMatchObject({
      statusCode: 429,
      headers: { 'retry-after': '12', 'content-type': 'application/problem+json' },
      body: { code: 'too_many_requests', status: 429, retryAfterSeconds: 12 },
    });
    expect(handled()).toBe(0);
    expect(lines).toMatchObject([{ RateLimited: 1, function: 'rapport-test' }]);
    expect(lines).toHaveLength(1);
  });
});

describe('what is counted', () => {
  const counted = async (access: Access, parts: Partial<HttpEvent['requestContext']>) => {
    const seen: [Caller, string | undefined][] = [];
    const { call } = start(access, { count: async (...args) => void seen.push(args) });
    const { statusCode } = await call(parts);
    return { statusCode, seen };
  };
  const http = { sourceIp: '192.0.2.1' };

  it('is who has been let in, with the address that the gateway has seen', async () => {
    expect(await counted({ kind: 'public' }, { http })).toEqual({
      statusCode: 200,
      seen: [[{ kind: 'anonymous' }, '192.0.2.1']],
    });
    const member = tokenOf({ sub: 'mem-1', scope: 'member' });
    expect(await counted({ kind: 'owner', scopes: [] }, { http, ...member })).toEqual({
      statusCode: 200,
      seen: [[{ kind: 'member', memberId: 'mem-1' }, '192.0.2.1']],
    });
  });

  it('is nobody who is refused: a forged request uses up nothing of anybody', async () => {
    expect(await counted({ kind: 'service', scopes: ['desk'] }, { http })).toEqual({ statusCode: 401, seen: [] });
    const member = tokenOf({ sub: 'mem-1', scope: 'member' });
    const other = { kind: 'member', scopes: [], memberParameter: 'id' } as const;
    expect(await counted(other, { http, ...member })).toEqual({ statusCode: 403, seen: [] });
  });
});

describe('the limits of a function', () => {
  it('are none outside of a stage, and missing ones stop a function from being loaded', () => {
    vi.stubEnv('LIMITS_TABLE', '');
    expect(openRateLimits(() => undefined)).toBeUndefined();
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'rapport-dev-member-http');
    expect(() => openRateLimits(() => undefined)).toThrow('LIMITS_TABLE, MEMBER_REQUESTS_PER_MINUTE');
  });
});
