import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../../infra/local/listen.ts';
import type { LogEntry } from '../../infra/local/log.ts';
import { createRuntime, type Runtime, type RuntimeOptions } from '../../infra/local/runtime.ts';
import { nowMs } from '../../shared/runtime/clock.ts';
import { fact, sortKeysOf } from './fixture/items.ts';
import { fixtureStacks } from './fixture/stacks.ts';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function run(options: RuntimeOptions = {}): Promise<Runtime> {
  const runtime = await createRuntime({ stacks: fixtureStacks(), ...options });
  let stopped = false;
  const stop = async (): Promise<void> => {
    if (!stopped) await runtime.stop();
    stopped = true;
  };
  cleanups.push(stop);
  return { ...runtime, stop };
}

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'rapport-test-'));
  cleanups.push(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, 'data');
}

const putFacts = (runtime: Runtime, ...ids: string[]): void => {
  for (const id of ids) runtime.putEvents([fact(id)]);
};

describe('one runtime', () => {
  let runtime: Runtime;
  const logged: LogEntry[] = [];
  beforeAll(async () => {
    runtime = await createRuntime({
      stacks: fixtureStacks(),
      virtualClock: true,
      onLog: (entry) => logged.push(entry),
    });
  });
  afterAll(() => runtime.stop());

  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${runtime.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  describe('functions', () => {
    it('load with exactly the environment that they are deployed with', async () => {
      const { environment } = (await (await fetch(`${runtime.url}/v1/open/x`)).json()) as {
        environment: Record<string, string>;
      };
      expect(
        Object.keys(environment)
          .filter((name) => !name.startsWith('AWS_'))
          .sort(),
      ).toEqual(['GREETING', 'PATH', 'TZ']);
      expect(environment).toMatchObject({
        GREETING: 'hello from eu-west-1',
        AWS_REGION: 'eu-west-1',
        AWS_LAMBDA_FUNCTION_NAME: 'rapport-fixture-echo',
      });
    });

    it('log to the sink with their name and the level of the line', async () => {
      await fetch(`${runtime.url}/v1/open/x?do=log`);
      const lines = logged.filter((entry) => entry.function === 'fixture-echo').slice(-2);
      expect(lines).toMatchObject([
        { level: 'warn', line: { message: 'a structured line' } },
        { level: 'info', line: 'a plain line' },
      ]);
    });
  });

  describe('the HTTP API', () => {
    it('hands over payload format 2.0', async () => {
      const response = await fetch(`${runtime.url}/v1/open/a%20b?x=1&x=2&y=`, {
        headers: { 'X-Custom': 'Value', cookie: 'a=1; b=2' },
      });
      const { event, remainingMs } = (await response.json()) as { event: unknown; remainingMs: number };
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(event).toMatchObject({
        version: '2.0',
        routeKey: 'GET /v1/open/{id}',
        rawPath: '/v1/open/a%20b',
        rawQueryString: 'x=1&x=2&y=',
        cookies: ['a=1', 'b=2'],
        headers: { 'x-custom': 'Value' },
        queryStringParameters: { x: '1,2', y: '' },
        pathParameters: { id: 'a b' },
        requestContext: { http: { method: 'GET', path: '/v1/open/a%20b' }, stage: '$default' },
        isBase64Encoded: false,
      });
      expect(event).not.toHaveProperty('body');
      expect(remainingMs).toBeGreaterThan(0);
    });

    it.each([
      ['application/json', '{"a":"ü"}', false],
      ['application/cloudevents+json; charset=utf-8', '{}', false],
      ['application/octet-stream', 'AP8=', true],
    ])('hands a body of %s on', async (type, body, isBase64Encoded) => {
      const response = await fetch(`${runtime.url}/elsewhere`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: isBase64Encoded ? Buffer.from(body, 'base64') : body,
      });
      expect(((await response.json()) as { event: unknown }).event).toMatchObject({
        routeKey: '$default',
        body,
        isBase64Encoded,
      });
    });

    it('sends what a function answers: status, headers, cookies, text, bytes', async () => {
      const text = await fetch(`${runtime.url}/v1/open/x?do=text`);
      expect([text.status, text.headers.get('x-made-by'), text.headers.getSetCookie(), await text.text()]).toEqual([
        201,
        'echo',
        ['a=1', 'b=2'],
        'plain',
      ]);
      const bytes = await fetch(`${runtime.url}/v1/open/x?do=bytes`);
      expect(new Uint8Array(await bytes.arrayBuffer())).toEqual(new Uint8Array([0, 255, 1]));
    });

    it.each(['throw', 'fault'])('answers 500 without a detail of the cause: %s', async (wanted) => {
      const response = await fetch(`${runtime.url}/v1/open/x?do=${wanted}`);
      expect(response.status).toBe(500);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      expect(await response.json()).toMatchObject({ code: 'internal', detail: 'The log names the cause' });
    });

    it('refuses a body over 10 MB', async () => {
      const response = await post('/elsewhere', 'x'.repeat(10 * 1024 * 1024 + 1));
      expect(response.status).toBe(413);
      expect(await response.json()).toMatchObject({ status: 413, code: 'body_too_large' });
    });
  });

  describe('the issuer', () => {
    it('publishes its key and its configuration', async () => {
      const configuration = (await (await fetch(`${runtime.url}/.well-known/openid-configuration`)).json()) as {
        jwks_uri: string;
      };
      expect(configuration).toMatchObject({ issuer: 'https://issuer.example' });
      const { keys } = (await (await fetch(configuration.jwks_uri)).json()) as { keys: Record<string, string>[] };
      expect(keys).toMatchObject([{ kty: 'RSA', alg: 'RS256', use: 'sig', kid: 'local' }]);
      expect(keys[0]).not.toHaveProperty('d');
    });

    it('gives tokens with what was asked for', async () => {
      const { token } = (await (await post('/local/token', { scope: 'events:write desk' })).json()) as {
        token: string;
      };
      const response = await post('/v1/secured', {}, { authorization: `Bearer ${token}` });
      const { event } = (await response.json()) as {
        event: { requestContext: { authorizer: { jwt: { claims: unknown } } } };
      };
      expect(event.requestContext.authorizer.jwt.claims).toMatchObject({
        sub: 'service',
        scope: 'events:write desk',
        iss: 'https://issuer.example',
        aud: '[fixture-audience]',
        exp: expect.stringMatching(/^\d+$/),
      });
    });

    it('gives a member a token of the scope member', async () => {
      const { token, scope } = (await (await post('/local/token', { member: 'm1' })).json()) as Record<string, string>;
      expect(scope).toBe('member');
      expect((await post('/v1/secured', {}, { authorization: `Bearer ${token}` })).status).toBe(200);
    });

    it.each([[{}], [{ scope: 5 }], [{ member: '' }], ['{']])('refuses to make a token of %j', async (body) => {
      const response = await post('/local/token', body);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'invalid_request' });
    });
  });

  describe('the clock', () => {
    it('is virtual, follows the events, and moves forward only', async () => {
      runtime.putEvents([fact('timed', {}, '2026-03-01T10:30:00Z'), fact('older', {}, '2026-02-01T10:30:00Z')]);
      const clock = await (await fetch(`${runtime.url}/local/clock`)).json();
      expect(clock).toEqual({ now: '2026-03-01T10:30:00.000Z', kind: 'virtual' });

      const moved = await post('/local/clock', { now: '2026-03-02T11:00:00+01:00' });
      expect(await moved.json()).toEqual({ now: '2026-03-02T10:00:00.000Z', kind: 'virtual' });
      expect(nowMs()).toBe(Date.parse('2026-03-02T10:00:00Z'));
      const { nowMs: seen } = (await (await fetch(`${runtime.url}/v1/open/x`)).json()) as { nowMs: number };
      expect(seen).toBe(Date.parse('2026-03-02T10:00:00Z'));

      const back = await post('/local/clock', { now: '2026-03-02T09:59:59Z' });
      expect(back.status).toBe(409);
      expect(await back.json()).toMatchObject({ code: 'clock_goes_backward' });
    });

    it.each([
      [{}],
      [{ now: 'tomorrow' }],
      [{ now: '2026-03-02T10:00:00' }],
      [{ now: 5 }],
      [{ now: '2026-13-40T10:00:00Z' }],
    ])('refuses %j', async (body) => {
      const response = await post('/local/clock', body);
      expect(response.status).toBe(400);
    });

    it('fires a schedule once at the latest time it was due when the clock jumps', async () => {
      await runtime.settle();
      const before = (await sortKeysOf(runtime, 'hourly')).length;
      await post('/local/clock', { now: '2026-03-05T17:45:00Z' });
      await runtime.settle();
      const runs = await sortKeysOf(runtime, 'hourly');
      expect(runs.length).toBe(before + 1);
      expect(runs.at(-1)).toBe('2026-03-05T17:00:00Z');
    });
  });

  describe('settling', () => {
    it('waits for queues, streams and what they lead to', async () => {
      putFacts(runtime, ...Array.from({ length: 40 }, (_, index) => `settle-${index}`));
      const response = await post('/local/settle', '');
      expect(await response.json()).toEqual({ deadLetters: 0 });
      const derived = await sortKeysOf(runtime, 'derived');
      expect(derived.filter((id) => id.startsWith('settle-'))).toHaveLength(40);
    });

    it('counts and lists dead letters, of messages and of stream records', async () => {
      runtime.putEvents([fact('bad', { poison: true }), fact('twice', { failOnce: true })]);
      putFacts(runtime, 'before-it', 'unpublishable', 'after-it');
      const { deadLetters } = await runtime.settle();
      const { items } = (await (await fetch(`${runtime.url}/local/dead-letters`)).json()) as {
        items: { queue: string; body: unknown; reason: string }[];
      };
      expect(deadLetters).toBe(items.length);
      expect(items).toMatchObject([
        { queue: 'rapport-fixture-facts-dead', body: { id: 'bad' }, reason: 'the function reported it as failed' },
        { queue: 'rapport-fixture-publish-dead', body: { table: 'rapport-fixture-facts' } },
      ]);
      expect(await sortKeysOf(runtime, 'fact')).toContain('twice');
      const derived = await sortKeysOf(runtime, 'derived');
      expect(derived).toEqual(expect.arrayContaining(['before-it', 'after-it']));
      expect(derived).not.toContain('unpublishable');
    });
  });

  describe('local routes', () => {
    it('are closed to a page that reaches this machine by another name', async () => {
      const { port } = new URL(runtime.url);
      const status = await statusOf(Number(port), '/local/dead-letters', 'shop.example');
      expect(status).toBe(404);
    });

    it('answer 404 for what there is not', async () => {
      expect((await fetch(`${runtime.url}/local/nothing`)).status).toBe(404);
      expect((await fetch(`${runtime.url}/local/settle`)).status).toBe(404);
    });
  });

  it('starts over with a reset', async () => {
    await runtime.reset();
    expect(await sortKeysOf(runtime, 'fact')).toEqual([]);
    expect(runtime.deadLetters()).toEqual([]);
    expect(runtime.clock.nowMs()).toBe(0);
    putFacts(runtime, 'again');
    await runtime.settle();
    expect(await sortKeysOf(runtime, 'derived')).toEqual(['again']);
  });

  it('is the only one in its process', async () => {
    await expect(createRuntime({ stacks: fixtureStacks() })).rejects.toThrow(/already runs in this process/);
  });
});

async function statusOf(port: number, path: string, host: string): Promise<number | undefined> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    request({ port, path, host: '127.0.0.1', headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once('error', reject)
      .end();
  });
}

describe('what is kept', () => {
  it('a second start finds everything, and publishes what was committed but not yet read', async () => {
    const dataDirectory = newDirectory();
    const first = await run({ dataDirectory, virtualClock: true });
    putFacts(first, 'one', 'two');
    await first.settle();
    const token = await first.token({ scope: 'desk' });
    // Accepted and not waited for: it may be done before the stop or after the next start, but it is done.
    putFacts(first, 'three');
    await first.stop();

    const second = await run({ dataDirectory, virtualClock: true });
    await second.settle();
    expect(await sortKeysOf(second, 'fact')).toEqual(['one', 'three', 'two']);
    expect(await sortKeysOf(second, 'derived')).toEqual(['one', 'three', 'two']);
    expect(second.clock.nowMs()).toBe(Date.parse('2026-01-05T10:00:00Z'));
    const secured = await fetch(`${second.url}/v1/secured`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(secured.status).toBe(200);
    await second.stop();

    // In the folder of the day on which they arrived, by the clock that the backend goes by.
    const lake = join(dataDirectory, 'buckets', 'rapport-fixture-events', 'events', 'day=2026-01-05');
    const lines = readdirSync(lake).flatMap((name) => readFileSync(join(lake, name), 'utf8').trim().split('\n'));
    expect(lines.filter((line) => line.includes('"time"'))).toHaveLength(3);
  });

  it('a fresh start finds nothing', async () => {
    const dataDirectory = newDirectory();
    const first = await run({ dataDirectory });
    putFacts(first, 'one');
    await first.settle();
    await first.stop();
    const second = await run({ dataDirectory, fresh: true });
    expect(await sortKeysOf(second, 'fact')).toEqual([]);
  });

  it('in memory, nothing', async () => {
    const first = await run();
    putFacts(first, 'one');
    await first.settle();
    await first.stop();
    const second = await run();
    expect(await sortKeysOf(second, 'fact')).toEqual([]);
  });
});

describe('a stop', () => {
  it('does not wait for a backlog: what is left is kept, and whoever waits is told', async () => {
    const dataDirectory = newDirectory();
    const first = await run({ dataDirectory });
    // It fails, and comes back only later, so the stop comes first.
    first.putEvents([fact('later', { poison: true })]);
    const refused = expect(first.settle()).rejects.toThrow('The backend is stopping');
    await first.stop();
    await refused;
    const second = await run({ dataDirectory });
    expect(await second.settle()).toEqual({ deadLetters: 1 });
  });
});

describe('chaos', () => {
  it('delivers with duplicates, crashes, throttling and conflicts, and ends where it ends without', async () => {
    const misfortunes = { duplicate: 0.3, reorder: 0.3, delay: 0.1, crashBefore: 0.15, crashAfter: 0.15 };
    const busyTables = { throttle: 0.03, conflict: 0.03, lostAnswer: 0.03 };
    const runtime = await run({ chaos: { seed: 42, ...misfortunes, ...busyTables } });
    const ids = Array.from({ length: 60 }, (_, index) => `fact-${String(index).padStart(2, '0')}`);
    putFacts(runtime, ...ids);
    expect(await runtime.settle()).toEqual({ deadLetters: 0 });
    expect(await sortKeysOf(runtime, 'fact')).toEqual(ids);
    expect(await sortKeysOf(runtime, 'derived')).toEqual(ids);
  });
});

describe('what prevents a start', () => {
  it('a directory that another runtime holds', async () => {
    const { DataDirectory } = await import('../../infra/local/data-directory.ts');
    const dataDirectory = newDirectory();
    const held = DataDirectory.open(dataDirectory, false);
    await expect(run({ dataDirectory })).rejects.toMatchObject({
      name: 'StartError',
      exitCode: 2,
      message: expect.stringContaining(`in use by process ${process.pid}`),
    });
    held.close();
    await run({ dataDirectory });
    expect(existsSync(join(dataDirectory, 'pid'))).toBe(true);
  });

  it('a port that is taken', async () => {
    const server = createServer();
    const port = await listen(server, 0);
    cleanups.push(() => {
      server.close();
    });
    await expect(run({ port })).rejects.toThrow(`Port ${port} is in use`);
  });

  it('a variable that nobody bound', async () => {
    const stacks = fixtureStacks((resources) => {
      (resources.Echo!.Metadata as Record<string, string>)['rapport:entry'] = 'test/local/fixture/needy.ts';
    });
    await expect(run({ stacks })).rejects.toThrow(
      'fixture-echo (test/local/fixture/needy.ts) cannot be loaded: Missing environment variable: NEEDED',
    );
  });

  it('a module without a handler', async () => {
    const stacks = fixtureStacks((resources) => {
      (resources.Echo!.Metadata as Record<string, string>)['rapport:entry'] = 'test/local/fixture/items.ts';
    });
    await expect(run({ stacks })).rejects.toThrow('it exports no handler');
  });
});

it('a real clock cannot be moved', async () => {
  const runtime = await run();
  const response = await fetch(`${runtime.url}/local/clock`, {
    method: 'POST',
    body: JSON.stringify({ now: '2099-01-01T00:00:00Z' }),
  });
  expect(response.status).toBe(409);
  expect(await response.json()).toMatchObject({ code: 'clock_is_real' });
  expect(await (await fetch(`${runtime.url}/local/clock`)).json()).toMatchObject({ kind: 'real' });
});
