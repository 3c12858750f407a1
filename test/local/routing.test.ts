import { describe, expect, it } from 'vitest';
import { routerOf } from '../../infra/local/routing.ts';

const keys = [
  '$default',
  'ANY /v1/members/{id}',
  'GET /v1/members/{id}',
  'GET /v1/members/{id}/ledger',
  'GET /v1/members/me',
  'GET /v1/files/{proxy+}',
  'GET /v1/files/list',
];
const routes = keys.map((routeKey) => ({ routeKey, functionName: 'f', scopes: [] }));
const find = routerOf(routes);

describe('routes of an HTTP API', () => {
  it.each([
    ['GET', '/v1/members/m1', 'GET /v1/members/{id}', { id: 'm1' }],
    ['PUT', '/v1/members/m1', 'ANY /v1/members/{id}', { id: 'm1' }],
    ['GET', '/v1/members/me', 'GET /v1/members/me', {}],
    ['GET', '/v1/members/m1/ledger', 'GET /v1/members/{id}/ledger', { id: 'm1' }],
    ['GET', '/v1/members/a%20b%2Fc', 'GET /v1/members/{id}', { id: 'a b/c' }],
    ['GET', '/v1/members/%zz', 'GET /v1/members/{id}', { id: '%zz' }],
    ['GET', '/v1/files/a/b', 'GET /v1/files/{proxy+}', { proxy: 'a/b' }],
    ['GET', '/v1/files/list', 'GET /v1/files/list', {}],
    ['GET', '/v1/members/', '$default', {}],
    ['GET', '/v1/members/m1/ledger/more', '$default', {}],
    ['DELETE', '/v1/files/list', '$default', {}],
    ['GET', '/', '$default', {}],
  ])('%s %s takes %s', (method, path, routeKey, pathParameters) => {
    expect(find(method, path)).toMatchObject({ route: { routeKey }, pathParameters });
  });

  it('has no route where there is no $default', () => {
    expect(routerOf(routes.slice(1))('GET', '/elsewhere')).toBeUndefined();
  });
});
