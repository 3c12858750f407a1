import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../infra/commands/usage-error.ts';
import {
  basketsOf,
  personalThenGlobal,
  personalTop,
  popularItems,
  tifuKnn,
} from '../../infra/evaluation/basket-baselines.ts';
import { basketsEvaluation, holdOut, measureBaskets } from '../../infra/evaluation/evaluate-baskets.ts';
import { readBaskets } from '../../infra/evaluation/read-baskets.ts';
import { type Basket, DAY, purchaseLogOf } from '../domain/recommend/purchase-logs.ts';

const directory = mkdtempSync(join(tmpdir(), 'rapport-baskets-'));
afterAll(() => rmSync(directory, { recursive: true }));

function fileOf(name: string, content: string | Buffer): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

const csv = (...rows: string[]) => ['user_id,order_number,product_id', ...rows, ''].join('\n');
const retail = (...rows: string[]) =>
  ['InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country', ...rows, ''].join('\n');

async function read(content: string | Buffer, name = 'baskets.csv') {
  const { form, log, leftOut } = await readBaskets(fileOf(name, content));
  const members = Array.from({ length: log.from.length - 1 }, (_, member) =>
    Array.from({ length: log.from[member + 1]! - log.from[member]! }, (_unused, at): Basket => {
      const basket = log.from[member]! + at;
      return [log.boughtAt[basket]! / DAY, ...log.items.subarray(log.lines[basket], log.lines[basket + 1])];
    }),
  );
  return { form, leftOut, items: log.itemCount, members };
}

describe('baskets of a file', () => {
  it('are the rows of an order, by its number, a product once', async () => {
    const wanted = {
      form: 'baskets',
      leftOut: 0,
      items: 3,
      members: [
        [
          [1, 1],
          [2, 0, 1],
        ],
        [[7, 2]],
      ],
    };
    const rows = csv('anna,2,milk', 'anna,2,bread', 'ben,7,tea', 'anna,1,bread', 'anna,2,milk');
    expect(await read(rows)).toEqual(wanted);
    expect(await read(gzipSync(rows.replaceAll('\n', '\r\n')), 'baskets.csv.gz')).toEqual(wanted);
  });

  it('are what members bought, in an Online Retail export', async () => {
    const rows = [
      '1,A,a,2,2010-01-02 00:00:00,1.5,17850,UK',
      '1,POST,postage,1,2010-01-02 00:00:00,9,17850,UK',
      '1,D1,d,1,2010-01-02 00:00:00,1.5,17850,UK',
      'C2,A,a,-2,2010-01-02 00:00:00,1.5,17850,UK',
      '3,A,a,-5,2010-01-02 00:00:00,0,,UK',
      '4,A,a,1,2010-01-02 00:00:00,1.5,,UK',
      '5,M,manual,1,2010-01-02 00:00:00,1.5,17850,UK',
      '6,"D1","d, again",1,2010-01-01 00:00:00,1.5,17850,UK',
    ];
    const first = Date.parse('2010-01-01') / 1000 / DAY;
    expect(await read(retail(...rows))).toEqual({
      form: 'online-retail',
      leftOut: 5,
      items: 2,
      members: [
        [
          [first, 1],
          [first + 1, 0, 1],
        ],
      ],
    });
  });
});

describe('the evaluation of baskets', () => {
  const good = fileOf('good.csv', csv('a,1,x', 'a,2,x'));

  it.each([
    { what: 'no file', flags: { seed: '1' }, says: /--data FILE$/ },
    {
      what: 'a seed that is no number',
      flags: { data: good, seed: '-1' },
      says: /^--seed takes a whole number, not "-1"\.$/,
    },
    {
      what: 'a file that is not there',
      flags: { data: join(directory, 'none'), seed: '1' },
      says: /there is no such file\.$/,
    },
    {
      what: 'another header',
      flags: { data: fileOf('header.csv', 'user,product\na,x\n'), seed: '1' },
      says: /has neither the header of an Online Retail export nor user_id, order_number, product_id; its header is "user,product"\.$/,
    },
    { what: 'no rows', flags: { data: fileOf('rows.csv', csv()), seed: '1' }, says: /has no purchases of members\.$/ },
    { what: 'an empty file', flags: { data: fileOf('empty.csv', ''), seed: '1' }, says: /is empty\.$/ },
    {
      what: 'a row of other fields',
      flags: { data: fileOf('short.csv', csv('a,1')), seed: '1' },
      says: /row 2, has 2 fields, the header 3\.$/,
    },
    {
      what: 'an order that is no number',
      flags: { data: fileOf('order.csv', csv('a,one,x')), seed: '1' },
      says: /row 2: the order_number "one" is no whole number up to 99999\.$/,
    },
    {
      what: 'a product that is no id',
      flags: { data: fileOf('product.csv', csv('a,1,x', 'a,1,')), seed: '1' },
      says: /row 3: the product_id "" is no id\.$/,
    },
    {
      what: 'a row of an export that cannot be read',
      flags: { data: fileOf('retail.csv', retail('1,A,a,2,yesterday,1.5,17850,UK')), seed: '1' },
      says: /row 2: InvoiceDate is no YYYY-MM-DD HH:MM:SS\.$/,
    },
    {
      what: 'nothing to predict',
      flags: { data: fileOf('once.csv', csv('a,1,x', 'b,1,x')), seed: '1' },
      says: /there is nothing to predict\.$/,
    },
  ])('refuses $what in one line', async ({ flags, says }) => {
    const refusal = await Promise.resolve(basketsEvaluation.run(flags)).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(UsageError);
    expect((refusal as UsageError).message).toMatch(says);
    expect((refusal as UsageError).message).not.toContain('\n');
  });

  it('prints ours beside the others, the same each time but for the times', async () => {
    const rows = Array.from({ length: 40 }, (_, member) =>
      [1, 2, 3, 4].flatMap((order) => [
        `m${member},${order},p${member % 5}`,
        `m${member},${order},q${(member * order) % 7}`,
      ]),
    );
    const data = fileOf('habits.csv', csv(...rows.flat()));
    const { trainSeconds, weightSeconds, predictMs, ...figures } = await basketsEvaluation.run({ data, seed: '3' });
    const {
      trainSeconds: _,
      weightSeconds: __,
      predictMs: ___,
      ...again
    } = await basketsEvaluation.run({ data, seed: '3' });
    expect(again).toEqual(figures);
    expect(figures).toMatchObject({ form: 'baskets', users: 40, baskets: 40, items: 12, seed: 3 });
    const methods = ['ours', 'globalTop', 'personalTop', 'personalThenGlobal', 'tifuKnn'];
    expect(Object.keys(figures)).toEqual(expect.arrayContaining(methods));
    for (const method of methods) {
      expect(figures[method]).toMatchObject({
        recall10: expect.any(Number),
        ndcg10: expect.any(Number),
        phr10: expect.any(Number),
        repeats: { recall10: expect.any(Number) },
        newItems: { recall10: expect.any(Number) },
        coverage10: expect.any(Number),
        gini10: expect.any(Number),
        novelty10: expect.any(Number),
      });
    }
    expect(figures.ours).toMatchObject({ repeats: { recall10: 1 } });
    expect([trainSeconds, weightSeconds].every((seconds) => Number(seconds) >= 0)).toBe(true);
    expect(Object.keys(predictMs as object)).toEqual(['p50', 'p90', 'p99']);
  });
});

describe('the methods to compare with', () => {
  const train = purchaseLogOf(
    [
      [
        [1, 0, 1],
        [2, 1],
      ],
      [
        [1, 2, 3],
        [2, 3],
      ],
      [[1, 1, 2]],
    ],
    5,
  );
  const bought = (member: number) => ({ row: member, baskets: basketsOf(train, member) });

  it('put what is popular, or what the member bought, in front', () => {
    expect([...popularItems(train)]).toEqual([1, 2, 3, 0, 4]);
    expect([...personalTop(bought(0))]).toEqual([1, 0]);
    expect([...personalThenGlobal(popularItems(train))(bought(0))]).toEqual([1, 0, 2, 3, 4]);
  });

  it('mix a member with the nearest others, as TIFU-KNN does', () => {
    const settings = { groups: 2, withinDecay: 0.5, groupDecay: 0.5, own: 0.6, neighbours: 1 };
    // Member 0: product 0 has 0.5 x 0.5 / 2, product 1 that and 1 / 2. Of the others member 2 is nearer, with 1 / 1 for each.
    expect([...tifuKnn(train, settings)(bought(0))]).toEqual([1, 2, 0]);
    expect([...tifuKnn(train, { ...settings, own: 1 })(bought(0))].slice(0, 2)).toEqual([1, 0]);
  });
});

const tafeng = '../shared/data/tafeng/baskets.csv.gz';
const retailExport = '../shared/data/online-retail/online-retail.csv.gz';

describe('the shops whose baskets are known', () => {
  it.runIf(existsSync(tafeng))(
    'are predicted better than TIFU-KNN does, the first members of one of them',
    async () => {
      const { log } = await readBaskets(tafeng);
      // The first of them, so that it takes a second or two.
      const from = log.from.slice(0, 401);
      const lines = log.lines.slice(0, from.at(-1)! + 1);
      const items = log.items.slice(0, lines.at(-1)!);
      const some = { ...log, from, lines, items, boughtAt: log.boughtAt.slice(0, from.at(-1)!) };
      const { ours, tifuKnn: tifu, globalTop } = measureBaskets(holdOut(some, 'baskets'), 'baskets', 1);
      expect(ours.recall10).toBeGreaterThan(globalTop.recall10);
      expect(ours.recall10).toBeGreaterThan(tifu.recall10);
      expect(ours.ndcg10).toBeGreaterThan(tifu.ndcg10);
    },
  );

  it.runIf(existsSync(retailExport))('have an export whose members, baskets and products are counted', async () => {
    const { form, log, leftOut } = await readBaskets(retailExport);
    expect({ form, leftOut }).toEqual({ form: 'online-retail', leftOut: 145_539 });
    expect([log.from.length - 1, log.lines.length - 1, log.itemCount]).toEqual([4_335, 18_405, 3_659]);
  });
});
for (const file of [tafeng, retailExport]) {
  if (!existsSync(file))
    process.stdout.write(`test/evaluation/baskets.test.ts: without ${file}, what needs it is passed over.\n`);
}
