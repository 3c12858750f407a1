import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type IssuerServer, serveIssuer } from '../../infra/emulator/issuer-server.ts';

/** A command as it runs where nothing but Node is installed. */
function run(file: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [resolve(file), ...args], {
    encoding: 'utf8',
    env: { PATH: '/nowhere' },
  });
  return { status, stdout, stderr };
}

const command = 'infra/commands/emulator.ts';
const tests = 'test/deploy/test-deploy.ts';

test('without Python the deploy test is skipped in one visible line, and the emulator says what it lacks', () => {
  expect(run(tests)).toEqual({
    status: 0,
    stdout: 'test:deploy: SKIPPED, nothing was deployed: no Python 3.10 or later on the PATH\n',
    stderr: '',
  });
  expect(run(command)).toEqual({
    status: 1,
    stdout: '',
    stderr: 'emulator: The emulator cannot be had: no Python 3.10 or later on the PATH\n',
  });
});

test.each([
  [tests, ['--fast'], /^test:deploy: .*--fast/],
  [command, ['--fast'], /^emulator: .*--fast/],
  [command, ['--port', 'any'], /--port takes a whole number up to 65535, not "any"/],
  [command, ['--issuer-port', '70000'], /--issuer-port takes a whole number/],
])('%s %s is refused', (file, args, says) => {
  const { status, stdout, stderr } = run(file, ...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(says);
  expect(stderr.trimEnd()).not.toContain('\n');
});

test.each([tests, command])('%s explains itself', (file) => {
  const { status, stdout } = run(file, '--help');
  expect(status).toBe(0);
  expect(stdout).toMatch(/Python 3\.10/);
});

let server: IssuerServer;
beforeAll(async () => {
  server = await serveIssuer();
});
afterAll(() => server.close());

const ask = async (path: string, init: RequestInit = {}) => {
  const answer = await fetch(new URL(path, server.issuer), init);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

test('the issuer is discovered as any other is, and signs for every stage', async () => {
  const { body: discovery } = await ask('/.well-known/openid-configuration');
  expect(discovery.issuer).toBe(server.issuer);
  const { body: keys } = await ask(String(discovery.jwks_uri));
  expect(keys).toMatchObject({ keys: [{ kty: 'RSA', alg: 'RS256', use: 'sig' }] });
  expect(JSON.stringify(keys)).not.toMatch(/"(d|p|q)":/);
  const { status, body } = await ask('/local/token', { method: 'POST', body: '{"member":"ann"}' });
  expect(status).toBe(200);
  const [, claims = ''] = String(body.token).split('.');
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
    iss: server.issuer,
    sub: 'ann',
    scope: 'member',
    aud: expect.arrayContaining(['rapport-dev', 'rapport']),
  });
});

test('what the issuer does not have, it says', async () => {
  for (const body of ['', 'no json', '{}', '{"scope":7}', 'null']) {
    expect(await ask('/local/token', { method: 'POST', body })).toMatchObject({ status: 400 });
  }
  expect(await ask('/login')).toMatchObject({ status: 404, body: { code: 'not_found' } });
});
