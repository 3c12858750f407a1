import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { allRoutes, type NamedRoute } from '../../docs/routes.ts';
import { domains } from '../../infra/domains/domains.ts';
import { checkAccess, checkBodyAccess } from '../../shared/runtime/access.ts';
import { httpHandler } from '../../shared/runtime/http-handler.ts';
import type { Route } from '../../shared/runtime/route.ts';
import { httpEvent, lambdaContext } from '../support/lambda.ts';

const routes = await allRoutes();

/** Every token that may come, and what each kind of route says to it: whether it may, and if not, how. */
type Verdict = 'reached' | 401 | 403;
const TOKENS: {
  name: string;
  claims: (route: NamedRoute) => Record<string, unknown> | undefined;
  says: Record<string, Verdict>;
}[] = [
  { name: 'no token', claims: () => undefined, says: { public: 'reached', service: 401, member: 401, owner: 401 } },
  {
    name: 'a service without a scope',
    claims: () => ({ sub: 'svc' }),
    says: { public: 'reached', service: 403, member: 403, owner: 403 },
  },
  {
    name: 'a service with a scope that is not the one',
    claims: () => ({ sub: 'svc', scope: 'nothing:read openid' }),
    says: { public: 'reached', service: 403, member: 403, owner: 403 },
  },
  {
    name: 'a service whose scope only starts like the one',
    claims: (route) => ({ sub: 'svc', scope: `${scopeOf(route)}x` }),
    says: { public: 'reached', service: 403, member: 403, owner: 403 },
  },
  {
    name: 'a service whose id is that of the member asked for',
    claims: () => ({ sub: 'mem-1' }),
    says: { public: 'reached', service: 403, member: 403, owner: 403 },
  },
  {
    name: 'a service with the scope',
    claims: (route) => ({ sub: 'svc', scope: `openid ${scopeOf(route)}` }),
    says: { public: 'reached', service: 'reached', member: 'reached', owner: 'reached' },
  },
  {
    name: 'the member asked for',
    claims: () => ({ sub: 'mem-1', scope: 'member' }),
    says: { public: 'reached', service: 403, member: 'reached', owner: 'reached' },
  },
  {
    name: 'another member',
    claims: () => ({ sub: 'mem-2', scope: 'member' }),
    says: { public: 'reached', service: 403, member: 403, owner: 'reached' },
  },
  {
    name: 'another member whose token carries the scope too',
    claims: (route) => ({ sub: 'mem-2', scope: `member ${scopeOf(route)}` }),
    says: { public: 'reached', service: 403, member: 403, owner: 'reached' },
  },
  {
    name: 'a member without a name',
    claims: () => ({ scope: 'member' }),
    says: { public: 401, service: 401, member: 401, owner: 401 },
  },
];

const scopeOf = ({ access }: NamedRoute): string => (access.kind === 'public' ? 'desk' : (access.scopes[0] ?? ''));

const matrix = routes.flatMap((route) =>
  TOKENS.map(({ name, claims, says }) => ({
    key: `${route.method} ${route.path}`,
    name,
    route,
    claims: claims(route),
    verdict: says[route.access.kind] ?? 401,
  })),
);

describe('every route, asked with every kind of token', () => {
  it.each(matrix)('$key: $name -> $verdict', async ({ key, route, claims, verdict }) => {
    const reached: unknown[] = [];
    const spied: Route<object> = {
      ...route,
      handle: async (request) => {
        reached.push(request);
        return { status: 200, body: {} };
      },
    };
    // Schemas that complain show that a refused request is refused before they are asked.
    const bare = { ...spied } as Partial<Route<object>>;
    delete bare.querySchema;
    delete bare.headerSchema;
    delete bare.pathSchema;
    delete bare.bodySchema;
    delete bare.rawBody;
    // Where the body says which member is meant, it has to be read as far as that.
    const named =
      route.access.kind === 'member' && 'memberField' in route.access ? route.access.memberField : undefined;
    if (named !== undefined) bare.bodySchema = z.looseObject({});
    const sent = { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ [named ?? 'x']: 'mem-1' }) };
    const path = Object.fromEntries([...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, 'mem-1']));
    const handler = httpHandler([bare as Route<object>], () => ({}));
    const answer = await handler(httpEvent(key, { path, claims, ...sent }), lambdaContext());
    expect(answer.statusCode).toBe(verdict === 'reached' ? 200 : verdict);
    expect(reached).toHaveLength(verdict === 'reached' ? 1 : 0);
    if (verdict === 'reached') return;

    const trap = () => {
      throw new Error('A refused request was read');
    };
    const trapped = {
      ...spied,
      querySchema: trapSchema(trap),
      headerSchema: trapSchema(trap),
      ...(named === undefined && { bodySchema: trapSchema(trap) }),
      pathSchema: trapSchema(trap),
    };
    const refused = await httpHandler([trapped], () => ({}))(
      httpEvent(key, { path, claims, ...(named === undefined ? { body: '{' } : sent) }),
      lambdaContext(),
    );
    expect(refused.statusCode).toBe(verdict);
  });

  it('has every domain in it', () => {
    const answering = domains.filter(({ http }) => http !== undefined).map(({ domain }) => domain);
    expect(new Set(routes.map(({ domain }) => domain))).toEqual(new Set(answering));
  });
});

function trapSchema(trap: () => never): NonNullable<Route<object>['bodySchema']> {
  return new Proxy({}, { get: trap }) as NonNullable<Route<object>['bodySchema']>;
}

describe('a member who names a member in the body', () => {
  const access = { kind: 'member', scopes: ['members:read'], memberField: 'memberId' } as const;
  const ann = { kind: 'member', memberId: 'ann' } as const;

  it.each([
    ['another', { memberId: 'bob' }],
    ['nobody', {}],
    ['no body at all', undefined],
    ['a list with the own id', { memberId: ['ann'] }],
  ])('is refused who names %s', (_, body) => {
    expect(() => checkBodyAccess(access, ann, body)).toThrow('forbidden');
  });

  it('may name that member; a service may name any', () => {
    expect(() => checkBodyAccess(access, ann, { memberId: 'ann' })).not.toThrow();
    expect(() => checkBodyAccess(access, { kind: 'service', scopes: ['members:read'] }, {})).not.toThrow();
  });
});

describe('a member who asks for another', () => {
  it('is told the same whether there is one or not', () => {
    const access = { kind: 'member', scopes: ['members:read'], memberParameter: 'id' } as const;
    const ask = (id: string) => {
      try {
        return checkAccess(access, { sub: 'mem-1', scope: 'member' }, { id });
      } catch (error) {
        return error;
      }
    };
    expect(ask('mem-2')).toEqual(ask('no-such-member'));
    expect(ask('mem-2')).toMatchObject({ code: 'forbidden' });
  });

  it.each([
    ['a path that only decodes to its own id', { id: 'mem%2D1' }],
    ['another letter case', { id: 'MEM-1' }],
    ['a path without the parameter', {}],
    ['an empty id', { id: '' }],
  ])('is not let through by %s', (_, path: Record<string, string>) => {
    const access = { kind: 'member', scopes: [], memberParameter: 'id' } as const;
    expect(() => checkAccess(access, { sub: 'mem-1', scope: 'member' }, path)).toThrow('forbidden');
  });
});

it.each([
  { claims: { sub: 'ops', scope: 'admin' }, subject: 'ops' },
  { claims: { sub: '', scope: 'admin' }, subject: undefined },
  { claims: { scope: 'admin' }, subject: undefined },
])('a service is called what its token says: $subject', ({ claims, subject }) => {
  expect(checkAccess({ kind: 'service', scopes: ['admin'] }, claims, {})).toEqual({
    kind: 'service',
    scopes: ['admin'],
    subject,
  });
});

it("a route that takes a member in its path is that member's own, but for what only the shop may do", () => {
  const others = routes.filter(({ path, access }) => path.startsWith('/v1/members/{') && access.kind !== 'member');
  expect(others.filter(({ access }) => access.kind !== 'service')).toEqual([]);
  expect(others.map(({ method, path }) => `${method} ${path.slice('/v1/members/{id}'.length)}`).sort()).toEqual([
    'GET /erasure',
    'POST /adjustments',
    'POST /coupons',
    'POST /coupons/{couponId}/revoke',
    'POST /redemptions/{redemptionId}/release',
  ]);
});

it('the parameter that an access rule compares is one of the path', () => {
  for (const { access, path } of routes) {
    if (access.kind === 'member' && 'memberParameter' in access) expect(path).toContain(`{${access.memberParameter}}`);
  }
});
