import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type FakeAnswer, FakeShop } from '../importers/fake-shop.ts';

const root = join(import.meta.dirname, '../..');
const VERSION = '20260105T100000-3f2a9c01';

let shop: FakeShop | undefined;
afterEach(async () => {
  await shop?.stop();
  shop = undefined;
});

function run(command: 'train' | 'models', ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, `infra/commands/${command}.ts`), ...args], (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

async function shopThatAnswers(answer: FakeAnswer): Promise<string> {
  shop = await FakeShop.start(() => answer);
  return shop.url;
}

describe('npm run train', () => {
  it('prints what came of it for people, and then as one line of JSON', async () => {
    const outcome = {
      outcome: 'published',
      reason: 'first',
      version: VERSION,
      bytes: 12_345,
      counts: { items: 1_000, sessions: 20 },
      figures: { hr20: 0.53127, questions: 200 },
    };
    const { code, out, err } = await run('train', '--url', await shopThatAnswers({ status: 200, body: outcome }));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n')).toEqual([
      `Model ${VERSION} serves now. It is the first model of this shop.`,
      '  learnt   items 1,000, sessions 20',
      '  file     12,345 bytes',
      '  reached  hr20 0.5313, questions 200',
      JSON.stringify(outcome),
      '',
    ]);
    expect(shop?.requests.at(-1)).toMatchObject({ route: 'POST /local/train' });
  });

  it('says so where nothing is new', async () => {
    const outcome = { outcome: 'kept', reason: 'unchanged', version: VERSION };
    const { code, out } = await run('train', '--url', await shopThatAnswers({ status: 200, body: outcome }));
    expect(code).toBe(0);
    expect(out).toMatch(/^Nothing new was published\. Nothing has happened that/);
    expect(JSON.parse(out.trimEnd().split('\n').at(-1) ?? '')).toEqual(outcome);
  });

  it.each([
    [{ status: 404 } as const, /^train: http:\S+ is not local: a deployed backend trains by itself\.\n$/],
    [{ status: 500, body: { detail: 'no memory' } } as const, /^train: POST \/local\/train answered 500: no memory\n$/],
    ['cut' as const, /^train: The backend went away while it trained: .+\n$/],
  ])('says in one line why it did not train', async (answer, message) => {
    const { code, out, err } = await run('train', '--url', await shopThatAnswers(answer));
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(message);
  });
});

describe('npm run models', () => {
  const model = {
    version: VERSION,
    state: 'published',
    serving: true,
    publishedAt: '2026-01-05T10:05:00Z',
    bytes: 12_345,
    counts: { items: 1_000, sessions: 20, interactions: 60, purchases: 3 },
    figures: { hr20: 0.53127 },
  };
  const rejected = {
    ...model,
    version: '20260106T100000-00000002',
    state: 'rejected',
    serving: false,
    reason: 'worse',
    figures: {},
  };

  it('lists them', async () => {
    const url = await shopThatAnswers({ status: 200, body: { items: [rejected, model] } });
    const { code, out, err } = await run('models', 'list', '--url', url);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(/20260106T100000-00000002 +rejected: worse .* - +-$/);
    expect(lines[2]).toMatch(/20260105T100000-3f2a9c01 +serving .* 12,345 +0\.5313 +-$/);
    expect(JSON.parse(lines[3] ?? '')).toEqual({ items: [rejected, model] });
    expect(shop?.requests.at(-1)).toMatchObject({
      route: 'GET /v1/models',
      headers: { authorization: 'Bearer local-token' },
    });
  });

  it('says so where there is none', async () => {
    const { out } = await run('models', 'list', '--url', await shopThatAnswers({ status: 200, body: { items: [] } }));
    expect(out).toBe('No model has been trained yet.\n{"items":[]}\n');
  });

  it('goes back to an earlier one', async () => {
    const answer = { version: VERSION, since: '2026-01-07T10:00:00.000Z' };
    const url = await shopThatAnswers({ status: 200, body: answer });
    const { code, out } = await run('models', 'rollback', '--version', VERSION, '--url', url, '--token', 'mine');
    expect([code, JSON.parse(out)]).toEqual([0, answer]);
    expect(shop?.requests.at(-1)).toMatchObject({
      route: 'POST /v1/models/rollback',
      headers: { authorization: 'Bearer mine' },
      body: JSON.stringify({ version: VERSION }),
    });
  });

  it('passes on in one line why not', async () => {
    const url = await shopThatAnswers({ status: 404, body: { code: 'not_found', detail: 'No such model.' } });
    expect(await run('models', 'rollback', '--version', VERSION, '--url', url)).toEqual({
      code: 1,
      out: '',
      err: 'models: POST /v1/models/rollback answered 404 not_found: No such model.\n',
    });
  });
});

it.each([
  ['train', []],
  ['models', ['list']],
] as const)('%s says in one line that no backend answers', async (command, args) => {
  const { code, err } = await run(command, ...args, '--url', 'http://127.0.0.1:9');
  expect([code, err.trimEnd().split('\n').length]).toEqual([1, 1]);
  expect(err).toMatch(/No backend answers at http:\/\/127\.0\.0\.1:9/);
});

it.each(['train', 'models'] as const)('%s tells how it is used', async (command) => {
  const { out, ...rest } = await run(command, '--help');
  expect(rest).toEqual({ code: 0, err: '' });
  expect(out).toMatch(new RegExp(`^npm run ${command}`));
});

it.each([
  ['train', ['--force']],
  ['train', ['--url', 'ftp://example.org']],
  ['models', []],
  ['models', ['remove']],
  ['models', ['list', '--version', VERSION]],
  ['models', ['rollback', '--version', 'latest']],
] as const)('%s does nothing where it is called with %j', async (command, args) => {
  const { code, out, err } = await run(command, ...args);
  expect([code, out, err.trimEnd().split('\n').length]).toEqual([2, '', 1]);
});
