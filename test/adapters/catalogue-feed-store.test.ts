import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { catalogStore } from '../../shared/adapters/dynamo/catalog-store.ts';
import { type CatalogueFeedStore, catalogueFeedStore } from '../../shared/adapters/dynamo/catalogue-feed-store.ts';
import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { type StandingStore, standingStore } from '../../shared/adapters/dynamo/standing-store.ts';
import type { ProductRecord } from '../../shared/domain/catalog/records.ts';
import { LiveCatalogue } from '../../shared/domain/recommend/live-catalogue.ts';
import type { RestrictionFact } from '../../shared/domain/recommend/standing-fold.ts';
import { type Dynoxide, startDynoxide } from '../support/dynoxide.ts';
import { recommendTables } from '../support/recommend-tables.ts';

const NOW_MS = Date.parse('2026-11-20T12:00:00Z');
const at = (seconds: number) => new Date(NOW_MS + seconds * 1_000).toISOString();

let dynoxide: Dynoxide;
let table: string;
let feed: CatalogueFeedStore;
let standings: StandingStore;
beforeAll(async () => {
  dynoxide = await startDynoxide();
});
afterAll(() => dynoxide.stop());
beforeEach(async () => {
  table = (await recommendTables(dynoxide)).catalog;
  feed = catalogueFeedStore(dynoxide.client, table);
  standings = standingStore(dynoxide.client, table);
});

const record = (productId: string, parts: Partial<Record<keyof ProductRecord, unknown>> = {}) =>
  ({
    productId,
    name: `A ${productId}`,
    categories: ['Home/Kitchen'],
    brandId: 'hearth',
    supplierId: 'sup-1',
    asOf: at(0),
    eventId: `e-${productId}`,
    ...parts,
  }) as unknown as ProductRecord;
const save = (product: ProductRecord, seconds: number) =>
  catalogStore(dynoxide.client, table).saveProduct(product, NOW_MS + seconds * 1_000);

describe('the feed of changes', () => {
  it('tells what a product is, and nothing that recommendations do not need', async () => {
    const facts = { price: 1_299, currency: 'EUR', availability: 'in_stock' };
    await save(record('pot', { ...facts, imageUrl: 'https://shop/pot.png', attributes: { colour: 'red' } }), 0);
    const { products, upTo, complete } = await feed.changedSince(undefined, 100);
    expect(products).toEqual([{ ...record('pot'), ...facts }]);
    expect([upTo, complete]).toEqual([at(0), true]);
  });

  it('is read on from where it was left, also for facts that came late', async () => {
    await save(record('pot'), 0);
    await save(record('cup'), 10);
    await save(record('pan', { asOf: '2020-01-01T00:00:00.000Z' }), 20);
    const { products, upTo } = await feed.changedSince(at(10), 100);
    expect(products.map(({ productId }) => productId)).toEqual(['cup', 'pan']);
    expect(upTo).toBe(at(20));
    expect(await feed.changedSince(at(21), 100)).toEqual({ products: [], standings: [], upTo: at(21), complete: true });
  });

  it('has a product once, where it changed last; an older fact does not move it', async () => {
    await save(record('pot'), 0);
    await save(record('pot', { asOf: at(1), name: 'new' }), 5);
    expect(await save(record('pot', { asOf: at(-1) }), 9)).toBe('older');
    const { products, upTo } = await feed.changedSince(undefined, 100);
    expect([products.map(({ name }) => name), upTo]).toEqual([['new'], at(5)]);
  });

  it('is the newest up to a limit where all is asked for, the oldest where it is read on', async () => {
    for (const [index, id] of ['a', 'b', 'c', 'd'].entries()) await save(record(id), index);
    const newest = await feed.changedSince(undefined, 2);
    expect(newest.products.map(({ productId }) => productId)).toEqual(['d', 'c']);
    expect([newest.upTo, newest.complete]).toEqual([at(3), false]);
    const next = await feed.changedSince(at(0), 3);
    expect(next.products.map(({ productId }) => productId)).toEqual(['a', 'b', 'c']);
    expect([next.upTo, next.complete]).toEqual([at(2), false]);
  });

  it('goes over pages', async () => {
    const long = 'x'.repeat(190);
    const categories = Array.from({ length: 20 }, () => long);
    const products = Array.from({ length: 300 }, (_, n) => record(`p${n}`, { name: long, categories }));
    for (let from = 0; from < products.length; from += 100) {
      await Promise.all(products.slice(from, from + 100).map((it) => save(it, 0)));
    }
    expect((await feed.changedSince(undefined, 20_000)).products).toHaveLength(300);
    expect((await feed.changedSince(at(0), 299)).products).toHaveLength(299);
  });
});

describe('what reputation says', () => {
  const grade = (to: string, seconds: number, eventId: string) =>
    ({ kind: 'product', id: 'pot', grade: to, score: 91, asOf: at(seconds), eventId }) as const;
  const target = { kind: 'supplier', id: 'sup-1' } as const;
  const fact = (sanctionId: string, seconds: number): RestrictionFact => {
    const atMs = NOW_MS + seconds * 1_000;
    return { sanctionId, kind: 'ranking', atMs, eventId: `e-${sanctionId}`, state: 'begun', untilMs: atMs + 60_000 };
  };

  it('of a product is its latest grade, and in the feed beside the product', async () => {
    await save(record('pot'), 0);
    expect(await standings.saveGrade(grade('AA', 5, 'b'), NOW_MS)).toBe('saved');
    expect(await standings.saveGrade(grade('A', 4, 'c'), NOW_MS)).toBe('older');
    expect(await standings.saveGrade(grade('A', 5, 'a'), NOW_MS)).toBe('older');
    expect(await standings.saveGrade(grade('AA', 5, 'b'), NOW_MS)).toBe('older');
    const changes = await feed.changedSince(undefined, 100);
    expect(changes.standings).toEqual([grade('AA', 5, 'b')]);
    expect(changes.products).toHaveLength(1);
  });

  it('is there as a whole for whoever knows the products from elsewhere', async () => {
    await save(record('pot'), 0);
    await standings.saveGrade(grade('AA', 5, 'b'), NOW_MS);
    await standings.save({ target, version: 1, facts: [fact('s1', 1)] }, NOW_MS + 1_000);
    const all = await feed.standings(100);
    expect(all.map(({ kind }) => kind)).toEqual(['supplier', 'product']);
    expect(await feed.standings(1)).toEqual(all.slice(0, 1));
  });

  it('is read on no further than the products are', async () => {
    for (const [index, id] of ['a', 'b', 'c'].entries()) await save(record(id), index);
    await standings.saveGrade(grade('AA', 5, 'b'), NOW_MS + 9_000);
    const first = await feed.changedSince(at(0), 2);
    expect([first.products.length, first.standings.length, first.upTo, first.complete]).toEqual([2, 1, at(1), false]);
    const next = await feed.changedSince(at(1), 3);
    expect([next.products.length, next.standings.length, next.upTo, next.complete]).toEqual([2, 1, at(9), true]);
  });

  it('of a brand or supplier is what it is restricted in, and who reads on sees every change', async () => {
    const catalogue = new LiveCatalogue();
    await save(record('pot'), 0);
    const item = catalogue.applyProduct((await feed.changedSince(undefined, 1)).products[0]!)!;
    const readOn = async () => {
      for (const it of (await feed.changedSince(at(0), 100)).standings) catalogue.applyStanding(it);
    };
    await standings.save({ target, version: 1, facts: [fact('s2', 20)] }, NOW_MS);
    await readOn();
    expect(catalogue.restrictionsOf(item, NOW_MS + 30_000)).toEqual(['ranking']);
    expect(catalogue.restrictionsOf(item, NOW_MS + 90_000)).toEqual([]);
    const ended = { ...fact('s2', 20), state: 'ended' as const };
    await standings.save({ target, version: 2, facts: [ended] }, NOW_MS);
    await readOn();
    expect(catalogue.restrictionsOf(item, NOW_MS + 30_000)).toEqual([]);
    // An old case that becomes known late changes what is, though none of it is younger.
    await standings.save({ target, version: 3, facts: [ended, { ...fact('s1', 10), kind: 'sales_limit' }] }, NOW_MS);
    await readOn();
    expect(catalogue.restrictionsOf(item, NOW_MS + 30_000)).toEqual(['sales_limit']);
    expect(await standings.load(target)).toMatchObject({ target, version: 3, facts: [ended, { sanctionId: 's1' }] });
  });

  it('is not overwritten by who has not read it', async () => {
    await standings.save({ target, version: 1, facts: [fact('s1', 1)] }, NOW_MS);
    await expect(standings.save({ target, version: 1, facts: [fact('s2', 2)] }, NOW_MS)).rejects.toThrow(WriteConflict);
    expect(await standings.load({ kind: 'brand', id: 'nobody' })).toEqual({
      target: { kind: 'brand', id: 'nobody' },
      version: 0,
      facts: [],
    });
  });
});
