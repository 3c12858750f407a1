import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { listen } from '../../infra/local/listen.ts';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'rapport-test-'));
  cleanups.push(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, 'data');
}

function command(name: string, ...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [`infra/commands/${name}.ts`, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  cleanups.push(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  return child;
}

async function runToEnd(name: string, ...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = command(name, ...args);
  let [out, err] = ['', ''];
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    err += chunk;
  });
  await once(child, 'close');
  return { code: child.exitCode, out, err };
}

async function startBackend(...args: string[]): Promise<{ child: ChildProcess; url: string }> {
  const child = command('start', '--port', '0', ...args);
  let err = '';
  child.stderr?.on('data', (chunk) => {
    err += chunk;
  });
  for await (const line of createInterface({ input: child.stdout! })) {
    const [, url] = /^ready (http:\S+)$/.exec(line) ?? [];
    if (url !== undefined) return { child, url };
  }
  throw new Error(`it did not start: ${err}`);
}

async function endOf(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
  return child.exitCode;
}

const oneLine = /^[^\n]+\n$/;

describe('what commands say', () => {
  it.each(['start', 'token'])('%s --help explains itself', async (name) => {
    const { code, out } = await runToEnd(name, '--help');
    expect(code).toBe(0);
    expect(out).toContain('Usage: npm');
  });

  it.each([
    ['start', ['--bogus']],
    ['start', ['--port', 'http']],
    ['start', ['--port', '70000']],
    ['start', ['--memory', '--fresh']],
    ['start', ['extra']],
    ['token', []],
    ['token', ['--bogus']],
    ['token', ['--scope', 'desk', '--url', 'nowhere']],
  ])('%s %j is refused in one line', async (name, args) => {
    const { code, out, err } = await runToEnd(name, ...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(oneLine);
  });

  it('token says where nobody answered', async () => {
    const server = createServer();
    const port = await listen(server, 0);
    await new Promise((resolve) => server.close(resolve));
    const { code, err } = await runToEnd('token', '--scope', 'desk', '--url', `http://127.0.0.1:${port}`);
    expect(code).toBe(1);
    expect(err).toMatch(oneLine);
    expect(err).toContain(`http://127.0.0.1:${port}`);
  });
});

describe('the backend as a process', () => {
  const order = {
    specversion: '1.0',
    id: 'evt-1',
    source: '/storefront/web',
    type: 'order.placed.v1',
    time: '2026-01-05T10:00:00Z',
    subject: 'ord-1',
    data: {
      orderId: 'ord-1',
      memberId: 'm1',
      currency: 'GBP',
      lines: [{ lineId: '1', productId: 'p1', quantity: 2, unitPrice: 1_000 }],
    },
  };

  async function call(url: string, path: string, scope: string, body?: unknown): Promise<Response> {
    const { code, out } = await runToEnd('token', '--scope', scope, '--url', url);
    expect(code).toBe(0);
    expect(out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    return fetch(`${url}${path}`, {
      headers: { authorization: `Bearer ${out.trim()}`, 'content-type': 'application/cloudevents+json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
  }

  it('serves, ends cleanly on SIGTERM, and loses nothing that it accepted, even when it is killed', async () => {
    const directory = newDirectory();
    const first = await startBackend('--data', directory);
    expect((await call(first.url, '/v1/events', 'events:write', order)).status).toBe(202);
    await endOf(first.child, 'SIGKILL');

    const second = await startBackend('--data', directory);
    const refused = await runToEnd('start', '--port', '0', '--data', directory);
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining(`in use by process ${second.child.pid}`) });
    expect(refused.err).toMatch(oneLine);

    await fetch(`${second.url}/local/settle`, { method: 'POST' });
    const member = await call(second.url, '/v1/members/m1', 'members:read');
    expect(await member.json()).toMatchObject({ memberId: 'm1', points: { pending: 20 } });
    expect(await endOf(second.child, 'SIGTERM')).toBe(0);
  });

  it('says that its port is taken', async () => {
    const server = createServer();
    const port = await listen(server, 0);
    cleanups.push(() => {
      server.close();
    });
    const { code, err } = await runToEnd('start', '--memory', '--port', String(port));
    expect(code).toBe(1);
    expect(err).toBe(`Port ${port} is in use; choose another with --port\n`);
  });
});
