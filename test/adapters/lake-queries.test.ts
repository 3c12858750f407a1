import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { closeServer, listen } from '../../infra/local/listen.ts';
import { createObjects } from '../../infra/local/objects.ts';
import { openLake } from '../../shared/adapters/lake/open-lake.ts';
import { readTrainingData } from '../../shared/adapters/lake/training-data.ts';
import { s3Client } from '../../shared/adapters/s3/client.ts';
import type { ProductFacts } from '../../shared/domain/recommend/product-facts.ts';
import type { TrainingData } from '../../shared/domain/recommend/train-model.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../support/dynoxide.ts';

const MINUTE_MS = 60_000;
const NOON = Date.parse('2026-02-01T12:00:00Z');

const root = mkdtempSync(join(tmpdir(), 'rapport-lake-queries-'));
const directory = join(root, 'fetched');
const server = createObjects({ buckets: () => new Map([['lake', join(root, 'bucket')]]) });
let s3: S3Client;
let events = 0;

beforeAll(async () => {
  const endpoint = `http://127.0.0.1:${await listen(server, 0)}`;
  s3 = s3Client({ endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS });
});
beforeEach(() => mkdirSync(root, { recursive: true }));
afterEach(() => rmSync(root, { recursive: true }));
afterAll(async () => {
  s3.destroy();
  await closeServer(server);
});

type Line = Record<string, unknown>;

/** An event so many minutes before noon. */
function event(type: string, minutesAgo: number, data: Line, id?: string): Line {
  events += 1;
  const time = new Date(NOON - minutesAgo * MINUTE_MS).toISOString();
  return { specversion: '1.0', id: id ?? `e${String(events).padStart(6, '0')}`, source: 'shop', type, time, data };
}
const viewed = (minutesAgo: number, productId: string, who: Line = { memberId: 'ann' }) =>
  event('product.viewed.v1', minutesAgo, { productId, ...who });
const ordered = (minutesAgo: number, orderId: string, productIds: readonly string[], who: Line = { memberId: 'ann' }) =>
  event('order.placed.v1', minutesAgo, {
    orderId,
    ...who,
    lines: productIds.map((productId, at) => ({ lineId: String(at), productId, quantity: 1, unitPrice: 100 })),
  });

const textOf = (lines: readonly (Line | string)[]): string =>
  lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');

function write(name: string, lines: readonly (Line | string)[], day = '2026-02-01'): string {
  const folder = join(root, 'bucket/events', `day=${day}`);
  mkdirSync(folder, { recursive: true });
  const text = textOf(lines);
  writeFileSync(join(folder, name), name.endsWith('.ndjson') ? text : gzipSync(text));
  return join(folder, name);
}

async function read(
  options: { windowDays?: number; known?: readonly ProductFacts[]; fromDay?: string } = {},
): Promise<TrainingData | undefined> {
  const { windowDays = 30, fromDay, known = [] } = options;
  const athena = { workGroup: '', database: '' };
  const lake = await openLake({ s3, bucket: 'lake', directory, athena, fromDay });
  try {
    return await readTrainingData(lake, { nowMs: NOON, windowDays, gapMs: 30 * MINUTE_MS, known });
  } finally {
    await lake.close();
  }
}

/** The same by name, so that a test can be read. */
async function told(options?: Parameters<typeof read>[0]) {
  const data = await read(options);
  if (data === undefined) return undefined;
  const { ids, interactions, sessions, purchases, products } = data;
  const named = (items: Uint32Array) => Array.from(items, (item) => ids[item]);
  const baskets = Array.from(purchases.boughtAt, (_, at) =>
    named(purchases.items.subarray(purchases.lines[at], purchases.lines[at + 1])),
  );
  return {
    ids,
    interactions: named(interactions.items),
    kinds: [...interactions.kinds],
    sessions: Array.from(sessions.endedAt, (_, at) =>
      named(sessions.items.subarray(sessions.from[at], sessions.from[at + 1])),
    ),
    members: Array.from({ length: purchases.from.length - 1 }, (_, at) =>
      baskets.slice(purchases.from[at], purchases.from[at + 1]),
    ),
    products: products.map(({ productId, name }) => `${productId} ${name}`),
  };
}

describe('what is read from the lake', () => {
  it('is nothing where nothing has happened', async () => {
    expect(await read()).toBeUndefined();
  });

  it('is each event once, however often and in which file it came', async () => {
    const [one, two] = [viewed(20, 'cup'), viewed(10, 'pot')];
    write('lake.ndjson', [one, two, one]);
    write('lake-1-2026-02-01-11-00-00-abc', [two], '2026-02-02');
    expect(await told()).toMatchObject({ interactions: ['cup', 'pot'], sessions: [['cup', 'pot']] });
  });

  it('passes over lines that are no events', async () => {
    write('lake.ndjson', [
      'not json',
      '{"half": ',
      '[]',
      '17',
      '{"id": "x"}',
      { id: 'no-time', type: 'product.viewed.v1', data: { productId: 'cup' } },
      { id: 'bad-time', type: 'product.viewed.v1', time: 'yesterday', data: { productId: 'cup' } },
      { id: 'no-data', type: 'product.viewed.v1', time: new Date(NOON).toISOString() },
      { id: 'odd', type: 'order.placed.v1', time: new Date(NOON).toISOString(), data: { orderId: 'o', lines: 'none' } },
      event('points.earned.v1', 3, { productId: 'cup' }),
      viewed(5, 'pot'),
    ]);
    expect(await told()).toMatchObject({ ids: ['pot'], interactions: ['pot'] });
  });

  it('reads names in any script, and quotes', async () => {
    write("a'b.ndjson", [viewed(3, '茶壶'), viewed(2, 'l\'o"t')]);
    expect(await told()).toMatchObject({ interactions: ['茶壶', 'l\'o"t'] });
  });

  it('leaves out what claims to be of the future, and what lies before the window', async () => {
    write('lake.ndjson', [viewed(-10, 'later'), viewed(10, 'now'), viewed(31 * 24 * 60, 'before')]);
    expect(await told()).toMatchObject({ ids: ['now'], interactions: ['now'] });
  });

  it('looks back from the newest event, so that a shop can bring its history along', async () => {
    const year = 365 * 24 * 60;
    write('lake.ndjson', [viewed(3 * year, 'cup'), viewed(3 * year + 60, 'pot')]);
    expect(await told({ windowDays: 1 })).toMatchObject({ interactions: ['pot', 'cup'] });
  });
});

describe('sessions', () => {
  it('end where nothing happens for longer than the gap, and lie in the order of their ends', async () => {
    const bob = { memberId: 'bob' };
    write('lake.ndjson', [
      viewed(200, 'a'),
      viewed(170, 'b'),
      viewed(139, 'c'),
      viewed(160, 'x', bob),
      viewed(150, 'x', bob),
      viewed(140, 'y', bob),
    ]);
    expect(await told()).toMatchObject({ sessions: [['a', 'b'], ['x', 'y'], ['c']] });
  });

  it('hold what was viewed, clicked, favourited, put in the basket and ordered', async () => {
    write('lake.ndjson', [
      viewed(9, 'a'),
      event('recommendation.clicked.v1', 8, { recommendationId: 'r', productId: 'b', memberId: 'ann' }),
      event('product.favourited.v1', 7, { productId: 'c', memberId: 'ann' }),
      event('product.carted.v1', 6, { productId: 'd', memberId: 'ann' }),
      ordered(5, 'o1', ['d', 'e']),
    ]);
    expect(await told()).toMatchObject({ kinds: [0, 1, 2, 3, 4, 4], sessions: [['a', 'b', 'c', 'd', 'e']] });
  });

  it('of a visitor belong to the member that the visitor turned out to be', async () => {
    const visitor = { anonymousId: 'v1' };
    const identified = (minutesAgo: number, memberId: string) =>
      event('member.identified.v1', minutesAgo, { anonymousId: 'v1', memberId });
    write('lake.ndjson', [
      viewed(9, 'a', visitor),
      identified(8, 'ann'),
      viewed(7, 'b'),
      viewed(6, 'c', visitor),
      // A shared device: the first member stays the one that its visitor is.
      identified(5, 'bob'),
      viewed(4, 'z', { memberId: 'bob' }),
    ]);
    expect(await told()).toMatchObject({ sessions: [['a', 'b', 'c'], ['z']] });
  });

  it('are kept apart where a visitor and a member have the same name', async () => {
    write('lake.ndjson', [viewed(9, 'a', { memberId: 'x' }), viewed(8, 'b', { anonymousId: 'x' })]);
    expect(await told()).toMatchObject({ sessions: [['a'], ['b']] });
  });
});

describe('baskets', () => {
  it('are those of orders that were not cancelled, by member, oldest first', async () => {
    write('lake.ndjson', [
      ordered(10, 'o2', ['b', 'a', 'a']),
      ordered(90, 'o1', ['a']),
      ordered(50, 'o3', ['c'], { memberId: 'bob' }),
      ordered(40, 'o4', ['d']),
      event('order.cancelled.v1', 30, { orderId: 'o4' }),
    ]);
    expect(await told()).toMatchObject({ members: [[['a'], ['a', 'b']], [['c']]] });
  });

  it('of nobody say what is wanted and looked at together, and are of no member', async () => {
    write('lake.ndjson', [ordered(10, 'o1', ['a', 'b'], {})]);
    expect(await told()).toMatchObject({ members: [], sessions: [['a', 'b']], kinds: [4, 4] });
  });
});

describe('products', () => {
  const upserted = (minutesAgo: number, productId: string, name: string, id?: string) =>
    event('product.upserted.v1', minutesAgo, { productId, name, categories: ['Home'] }, id);

  it('are what was last said of them, by time and then by event', async () => {
    write('lake.ndjson', [
      upserted(5, 'cup', 'Cup B', 'id-b'),
      upserted(5, 'cup', 'Cup A', 'id-a'),
      upserted(90, 'cup', 'Cup old'),
      upserted(40 * 24 * 60, 'pot', 'Pot, before the window'),
      upserted(-60, 'pot', 'Pot, of the future'),
      { ...event('product.upserted.v1', 5, { name: 'without a product' }) },
    ]);
    const shop = await told();
    expect(shop?.products.toSorted()).toEqual(['cup Cup B', 'pot Pot, before the window']);
    expect(shop?.ids).toEqual(['cup', 'pot']);
  });

  it('that only an earlier model knew are carried on, after those of the lake', async () => {
    const asOf = '2025-01-01T00:00:00.000Z';
    const known = (productId: string): ProductFacts => ({
      productId,
      name: 'Known',
      categories: [],
      asOf,
      eventId: 'k',
    });
    write('lake.ndjson', [upserted(5, 'cup', 'Cup'), viewed(4, 'saucer')]);
    const shop = await told({ known: [known('cup'), known('apron'), known('saucer')] });
    expect(shop?.ids).toEqual(['cup', 'saucer', 'apron']);
    expect(shop?.products).toEqual(['cup Cup', 'apron Known', 'saucer Known']);
  });
});

describe('the files of the lake', () => {
  it('are fetched once, and again where they have changed', async () => {
    const path = write('lake.ndjson', [viewed(10, 'cup')]);
    write('other.ndjson', [viewed(9, 'pot')]);
    await read();
    const before = readdirSync(directory).toSorted();
    expect(before).toHaveLength(2);
    const unchanged = before.find((name) => name.includes('other')) ?? '';
    // Were it fetched again, what is written here would be gone.
    appendFileSync(join(directory, unchanged), textOf([viewed(8, 'marked')]));
    appendFileSync(path, textOf([viewed(7, 'new')]));
    expect(await told()).toMatchObject({ interactions: ['cup', 'pot', 'marked', 'new'] });
    expect(readdirSync(directory)).toHaveLength(2);
    expect(readFileSync(join(directory, unchanged), 'utf8')).toContain('marked');
  });

  it('are read for what they are, whatever they are called', async () => {
    const folder = join(root, 'bucket/events/day=2026-02-01');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'a.ndjson'), gzipSync(textOf([viewed(9, 'packed')])));
    writeFileSync(join(folder, 'b.gz'), textOf([viewed(8, 'plain')]));
    writeFileSync(join(folder, 'c.gz'), Buffer.of(0x1f));
    expect(await told()).toMatchObject({ interactions: ['packed', 'plain'] });
    expect(await told()).toMatchObject({ interactions: ['packed', 'plain'] });
  });

  it('of days before the one that is asked for are left where they are', async () => {
    write('lake.ndjson', [viewed(10, 'old')], '2026-01-30');
    write('lake.ndjson', [viewed(5, 'new')], '2026-01-31');
    expect(await told({ fromDay: '2026-01-31' })).toMatchObject({ ids: ['new'] });
    expect(readdirSync(directory)).toHaveLength(1);
  });

  it('give the same in any order and split', async () => {
    const lines = Array.from({ length: 300 }, (_, at) =>
      at % 7 === 0
        ? ordered(at, `o${at}`, [`p${at % 5}`, `p${at % 11}`], { memberId: `m${at % 3}` })
        : viewed(at, `p${at % 13}`, at % 2 === 0 ? { memberId: `m${at % 3}` } : { anonymousId: `v${at % 4}` }),
    );
    write('one.ndjson', lines);
    const whole = await read();
    rmSync(root, { recursive: true });
    write('a', lines.slice(100).toReversed());
    write('b.ndjson', lines.slice(0, 150));
    expect(await read()).toEqual(whole);
  });
});
