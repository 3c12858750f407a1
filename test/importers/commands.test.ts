import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { acceptAll, FakeShop } from './fake-shop.ts';
import { exportOf } from './retail-export.ts';

const root = join(import.meta.dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'rapport-import-'));
const file = join(directory, 'export.csv');
writeFileSync(
  file,
  exportOf(
    '536365,85123A,WHITE MUG,6,2011-03-01 10:00:00,2.55,17850,United Kingdom',
    '536366,85123A,WHITE MUG,1,2011-03-01 10:05:00,2.55,,United Kingdom',
    'C536400,85123A,WHITE MUG,-7,2011-03-09 10:00:00,2.55,17850,United Kingdom',
    'not a row',
  ),
);

let shop: FakeShop | undefined;

afterEach(async () => {
  await shop?.stop();
  shop = undefined;
});
afterAll(() => rmSync(directory, { recursive: true }));

type Run = { code: number; out: string; err: string };

function run(command: string, ...args: string[]): Promise<Run> {
  return new Promise((resolve) => {
    const path = join(root, 'infra/commands', `${command}.ts`);
    execFile(process.execPath, [path, ...args], (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

test.each([
  [['import', '--help'], 0, /^npm run import -- --from NAME --file PATH/],
  [['demo', '--help'], 0, /^npm run demo/],
])('%j tells how it is used', async ([command = '', ...args], code, text) => {
  const { out, ...rest } = await run(command, ...args);
  expect(rest).toEqual({ code, err: '' });
  expect(out).toMatch(text);
});

test.each([
  [['import', '--nonsense'], "import: Unknown option '--nonsense'"],
  [['import', 'stray'], /^import: Unexpected argument 'stray'/],
  [['import'], 'import: What is to be read? --from takes: online-retail, olist'],
  [['import', '--from', 'nonsense'], 'import: There is no importer "nonsense". --from takes: online-retail, olist'],
  [['import', '--from', 'online-retail'], 'import: Which file? --file path/to/export.csv.gz'],
  [['import', '--from', 'online-retail', '--dir', '.'], 'import: online-retail is one file: --file, not --dir'],
  [['import', '--from', 'online-retail', '--file', file, '--orders', '3'], 'import: online-retail is read as a whole'],
  [['import', '--from', 'olist'], 'import: Which directory? --dir path/to/export'],
  [['import', '--from', 'olist', '--file', file], 'import: olist has several files: --dir, not --file'],
  [['import', '--from', 'olist', '--dir', '.', '--file', file], 'import: olist has several files: --dir, not --file'],
  [['import', '--from', 'olist', '--dir', '.', '--orders', '0'], 'import: --orders takes a whole number from 1 on'],
  [['import', '--from', 'online-retail', '--file', file, '--url', 'ftp://x'], /is no http or https URL\.\n$/],
  [['demo', '--nonsense'], "demo: Unknown option '--nonsense'"],
  [['demo', '--orders', '3'], 'demo: --orders goes with --olist'],
  [['demo', '--olist', '.', '--orders', 'all'], 'demo: --orders takes a whole number from 1 on, not "all"'],
])('%j is refused before anything is done', async ([command = '', ...args], message) => {
  const { code, out, err } = await run(command, ...args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(message);
  expect(err.trim().split('\n')).toHaveLength(1);
});

test('a file that is not there is one line', async () => {
  const { code, err } = await run('import', '--from', 'online-retail', '--file', `${file}.gz`, '--dry-run');
  expect({ code, err }).toEqual({ code: 1, err: `import: ${file}.gz cannot be opened: there is no such file.\n` });
});

test('a directory without the files names all that are missing, in one line', async () => {
  const { code, out, err } = await run('import', '--from', 'olist', '--dir', directory, '--dry-run');
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/^import: .* lacks olist_orders_dataset\.csv\.gz, olist_order_items_dataset\.csv\.gz, .*\.\n$/);
  expect(err.trim().split('\n')).toHaveLength(1);
});

test('a dry run reports and sends nothing', async () => {
  const { code, out, err } = await run('import', '--from', 'online-retail', '--file', file, '--dry-run');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  for (const line of [
    '1  lines of member orders',
    '1  lines of guest orders',
    '1  returns, some pieces matched',
    '1  malformed rows',
    '4  together',
    '6  units returned',
    '1  units returned that match no order',
    '1  there are 8 columns, not 1 (first: row 5)',
    '6  would be sent',
  ]) {
    expect(out).toContain(line);
  }
});

test('an import sends everything, waits until it is worked off, and reports', async () => {
  shop = await FakeShop.start((request) =>
    request.route === 'POST /local/settle' ? { status: 200, body: { deadLetters: 0 } } : acceptAll(request),
  );
  const flags = ['--from', 'online-retail', '--file', file, '--url', shop.url];
  const { code, out } = await run('import', ...flags, '--json');
  expect(code).toBe(0);
  expect(out.trim().split('\n')).toHaveLength(1);
  expect(JSON.parse(out)).toMatchObject({
    from: 'online-retail',
    rows: 4,
    classes: { orderLine: 1, guestOrderLine: 1, returnPartly: 1, malformed: 1 },
    orders: 2,
    guestOrders: 1,
    members: 1,
    unitsReturned: 6,
    unitsUnmatched: 1,
    events: 6,
    sent: 6,
    accepted: 6,
    rejected: 0,
    deadLetters: 0,
  });
  expect(shop.requests.map(({ route }) => route)).toEqual([
    'GET /v1/health',
    'POST /local/token',
    'POST /v1/events',
    'POST /local/settle',
  ]);
});

test('an import of which something was refused says what and why, and fails', async () => {
  const problem = { status: 409, code: 'id_reused', detail: 'This id stands for other content.' };
  shop = await FakeShop.start((request) => {
    if (request.route !== 'POST /v1/events') return acceptAll(request);
    return { status: 202, body: { accepted: [], rejected: [{ index: 1, problem }] } };
  });
  const flags = ['--from', 'online-retail', '--file', file, '--url', shop.url, '--token', 'mine'];
  const { code, out } = await run('import', ...flags);
  expect(code).toBe(1);
  expect(out).toContain('5  accepted');
  expect(out).toContain(`id_reused: ${problem.detail} (first: online-retail:536365:placed)`);
  expect(shop.posts[0]?.headers.authorization).toBe('Bearer mine');
});

test('nobody at the address is one line', async () => {
  shop = await FakeShop.start();
  const { url } = shop;
  await shop.stop();
  shop = undefined;
  const { code, out, err } = await run('import', '--from', 'online-retail', '--file', file, '--url', url);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toBe(`import: No backend answers at ${url} (ECONNREFUSED). npm start starts one; --url names another.\n`);
});
