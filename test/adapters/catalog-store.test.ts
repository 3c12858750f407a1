import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type CatalogStore, catalogStore } from '../../shared/adapters/dynamo/catalog-store.ts';
import type { BrandRecord } from '../../shared/domain/catalog/records.ts';
import { type Dynoxide, startDynoxide } from '../support/dynoxide.ts';

let dynoxide: Dynoxide;
let table: string;
let catalog: CatalogStore;

beforeAll(async () => {
  dynoxide = await startDynoxide();
});
afterAll(() => dynoxide.stop());
beforeEach(async () => {
  table = (await dynoxide.createTables()).catalog;
  catalog = catalogStore(dynoxide.client, table);
});

const brand = (asOf: string, eventId: string, name = `${asOf} ${eventId}`, brandId = 'hearth'): BrandRecord =>
  ({ brandId, name, asOf, eventId }) as BrandRecord;

const T1 = '2026-01-01T00:00:00.000Z';
const T2 = '2026-01-02T00:00:00.000Z';

it('shows the latest fact, by its time and then by its event id', async () => {
  expect(await catalog.saveBrand(brand(T1, 'b'))).toBe('saved');
  expect(await catalog.saveBrand(brand(T1, 'b'))).toBe('older');
  expect(await catalog.saveBrand(brand(T1, 'a'))).toBe('older');
  expect(await catalog.saveBrand(brand(T1, 'c'))).toBe('saved');
  expect(await catalog.saveBrand(brand(T2, 'a'))).toBe('saved');
  expect(await catalog.saveBrand(brand(T1, 'z'))).toBe('older');
  expect(await dynoxide.items(table)).toEqual([{ pk: 'BRAND#hearth', sk: 'BRAND', ...brand(T2, 'a') }]);
});

it('ends the same for any order of arrival, duplicates included', async () => {
  const fact = fc.record({ day: fc.integer({ min: 1, max: 4 }), eventId: fc.constantFrom('a', 'b', 'c', 'd') });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fact, { minLength: 1, maxLength: 8 }), async (facts) => {
      run += 1;
      const brandId = `brand-${run}`;
      const records = facts.map(({ day, eventId }) =>
        brand(`2026-01-0${day}T00:00:00.000Z`, eventId, undefined, brandId),
      );
      await Promise.all(records.map((it) => catalog.saveBrand(it)));
      const latest = records.toSorted((a, b) => (`${a.asOf}${a.eventId}` < `${b.asOf}${b.eventId}` ? -1 : 1)).at(-1);
      const shown = (await dynoxide.items(table)).find((it) => it.brandId === brandId);
      expect(shown).toMatchObject({ asOf: latest?.asOf, eventId: latest?.eventId });
    }),
    { numRuns: 25 },
  );
});
