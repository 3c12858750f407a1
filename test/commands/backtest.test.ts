import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { FakeShop } from '../importers/fake-shop.ts';
import { toEvent } from '../support/order-histories.ts';
import { policyWith } from '../support/policies.ts';
import { completed, placed } from '../support/shop-story.ts';

const root = join(import.meta.dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'rapport-backtest-'));
afterAll(() => rmSync(directory, { recursive: true }));

function fileOf(name: string, content: string | Buffer): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

const double = policyWith({ version: 'double', 'points.purchaseRate': 2 });
const draft = fileOf('draft.json', JSON.stringify(double));
const lines = [placed('2026-01-05'), completed('2026-01-06'), placed('2026-03-05', { orderId: 'ord-2' })]
  .map((it) => `${JSON.stringify(toEvent(it))}\n`)
  .join('');
const events = fileOf('events.ndjson', lines);

let shop: FakeShop | undefined;
afterEach(async () => {
  await shop?.stop();
  shop = undefined;
});

function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, 'infra/commands/backtest.ts'), ...args], (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

it('tells how it is used', async () => {
  const { out, ...rest } = await run('--help');
  expect(rest).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^npm run backtest -- --policy draft\.json/);
});

describe('over a file', () => {
  it('prints what the draft would have changed as one JSON document', async () => {
    const { code, out, err } = await run('--policy', draft, '--events', events);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({
      to: '2026-03-05T00:00:00.000Z',
      current: { orders: 2, points: { issued: 200 } },
      draft: { orders: 2, points: { issued: 400 } },
      gainMost: [{ memberId: 'ann', difference: 200 }],
    });
  });

  it('reads it packed, with empty lines, and looks at the time it is told', async () => {
    const packed = fileOf('events.ndjson.gz', gzipSync(`\n${lines}\n`));
    const wrapped = fileOf('answer.json', JSON.stringify({ version: 'x', number: 1, policy: double }));
    const { out } = await run(
      '--policy',
      wrapped,
      '--events',
      packed,
      '--from',
      '2026-03-01T00:00:00Z',
      '--to',
      '2026-04-01T00:00:00Z',
    );
    expect(JSON.parse(out)).toMatchObject({
      from: '2026-03-01T00:00:00.000Z',
      to: '2026-04-01T00:00:00.000Z',
      current: { orders: 1, points: { issued: 100 } },
      draft: { orders: 1, points: { issued: 200 }, liability: { available: 100, pending: 200 } },
    });
  });
});

describe('over a backend', () => {
  it('asks for it with a token of its own, and prints the answer', async () => {
    shop = await FakeShop.start(() => ({ status: 200, body: { currency: 'CNY' } }));
    const { code, out } = await run('--policy', draft, '--url', shop.url, '--from', '2026-03-01T00:00:00Z');
    expect([code, JSON.parse(out)]).toEqual([0, { currency: 'CNY' }]);
    const asked = shop.requests.at(-1);
    expect(asked).toMatchObject({
      route: 'POST /v1/policy/backtests',
      headers: { authorization: 'Bearer local-token' },
    });
    expect(JSON.parse(asked?.body ?? '')).toEqual({ policy: double, from: '2026-03-01T00:00:00Z' });
  });

  it('says why there is none', async () => {
    const problem = { status: 409, code: 'nothing_to_replay', detail: 'Nothing happened.' };
    shop = await FakeShop.start(() => ({ status: 409, body: problem }));
    expect(await run('--policy', draft, '--url', shop.url, '--token', 'mine')).toEqual({
      code: 1,
      out: '',
      err: 'backtest: POST /v1/policy/backtests answered 409 nothing_to_replay: Nothing happened.\n',
    });
    expect(shop.requests.at(-1)?.headers.authorization).toBe('Bearer mine');
  });
});

const bad = policyWith({ 'points.purchaseRate': -1, 'tiers.steps.2.threshold': 5 });

it.each([
  { what: 'an unknown flag', args: ['--nonsense'], code: 2, says: "Unknown option '--nonsense'" },
  { what: 'a stray word', args: ['stray'], code: 2, says: "Unexpected argument 'stray'" },
  { what: 'no policy', args: [], code: 2, says: 'Which policy? --policy draft.json' },
  { what: 'no time', args: ['--policy', draft, '--to', 'noon'], code: 2, says: '--to takes a time such as' },
  {
    what: 'an end before the beginning',
    args: ['--policy', draft, '--from', '2026-01-02T00:00:00Z', '--to', '2026-01-01T00:00:00Z'],
    code: 2,
    says: '--to lies after --from.',
  },
  {
    what: 'a file and a backend',
    args: ['--policy', draft, '--events', events, '--url', 'http://x'],
    code: 2,
    says: 'asks no backend',
  },
  { what: 'no address', args: ['--policy', draft, '--url', 'ftp://x'], code: 2, says: 'is no http or https URL.' },
  {
    what: 'a draft that is not there',
    args: ['--policy', join(directory, 'none')],
    code: 1,
    says: 'there is no such file',
  },
  { what: 'a draft that is no JSON', args: ['--policy', events], code: 1, says: 'is no JSON.' },
  {
    what: 'a draft that is not valid, with all that is wrong',
    args: ['--policy', fileOf('bad.json', JSON.stringify(bad))],
    code: 1,
    says: /points\.purchaseRate: .*tiers\.steps\[2\]\.threshold: A tier starts above/,
  },
  {
    what: 'events that are not there',
    args: ['--policy', draft, '--events', join(directory, 'none')],
    code: 1,
    says: 'there is no such file',
  },
  {
    what: 'a line that is no JSON',
    args: ['--policy', draft, '--events', fileOf('half.ndjson', `${lines}{"half`)],
    code: 1,
    says: 'half.ndjson, line 4, is no JSON',
  },
  {
    what: 'a line that is no event',
    args: ['--policy', draft, '--events', fileOf('odd.ndjson', `${lines}{"type":"order.placed.v1"}\n`)],
    code: 1,
    says: 'odd.ndjson, line 4, is no event: specversion: ',
  },
  {
    what: 'no event that bears on points',
    args: ['--policy', draft, '--events', fileOf('blank.ndjson', '\n')],
    code: 1,
    says: 'nothing_to_replay: Nothing that bears on points happened',
  },
  {
    what: 'another base currency',
    args: ['--policy', fileOf('euro.json', JSON.stringify(policyWith({ currency: 'EUR' }))), '--events', events],
    code: 1,
    says: 'base_currency_fixed: Accounts are kept in CNY',
  },
])('fails with $what in one line', async ({ args, code, says }) => {
  const { out, err, ...rest } = await run(...args);
  expect({ ...rest, out }).toEqual({ code, out: '' });
  expect(err).toMatch(says);
  expect(err).toMatch(/^backtest: .*\n$/);
});
