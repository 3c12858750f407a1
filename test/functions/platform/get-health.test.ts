import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { httpEvent, lambdaContext } from '../../support/lambda.ts';

beforeAll(() => vi.stubEnv('RELEASE', '1.2.3'));
afterAll(() => vi.unstubAllEnvs());

it('says that the backend answers, and which release does', async () => {
  const { handler } = await import('../../../functions/platform/http.ts');
  const answer = await handler(httpEvent('GET /v1/health'), lambdaContext());
  expect([answer.statusCode, JSON.parse(answer.body)]).toEqual([200, { status: 'ok', version: '1.2.3' }]);
});

it('answers any path that no route has with a problem', async () => {
  const { handler } = await import('../../../functions/platform/http.ts');
  const answer = await handler({ ...httpEvent('$default'), rawPath: '/v2/things' }, lambdaContext());
  expect(answer.statusCode).toBe(404);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(JSON.parse(answer.body)).toMatchObject({ code: 'not_found', status: 404, instance: '/v2/things' });
});
