import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type SpendStore, spendStore } from '../../shared/adapters/dynamo/spend-store.ts';
import { type Dynoxide, startDynoxide } from '../support/dynoxide.ts';

let dynoxide: Dynoxide;
let table: string;

beforeAll(async () => {
  dynoxide = await startDynoxide();
});
afterAll(() => dynoxide.stop());
beforeEach(async () => {
  table = (await dynoxide.createTables()).catalog;
});

const fresh = (): SpendStore => spendStore(dynoxide.client, table, 'personalize');
const month = '2026-11';
const of = (costMicros: number, capMicros: number) => ({ month, costMicros, capMicros });

describe('what is spent in a month', () => {
  it('is counted, with how many requests it was', async () => {
    const store = fresh();
    expect(await store.spentMicros(month)).toBe(0);
    expect(await store.reserve(of(56, 1_000))).toBe('reserved');
    expect(await store.reserve(of(56, 1_000))).toBe('reserved');
    expect(await store.spentMicros(month)).toBe(112);
    expect(await dynoxide.items(table)).toEqual([{ pk: 'SPEND#personalize', sk: '2026-11', micros: 112, requests: 2 }]);
  });

  it('reaches the cap and never goes over it, whatever the concurrency', async () => {
    const stores = Array.from({ length: 8 }, fresh);
    const outcomes = await Promise.all(
      Array.from({ length: 120 }, (_, at) => stores[at % stores.length]!.reserve(of(7, 350))),
    );
    expect(outcomes.filter((it) => it === 'reserved')).toHaveLength(50);
    expect(await fresh().spentMicros(month)).toBe(350);
  });

  it('stays below a cap that no number of requests comes to', async () => {
    const outcomes = await Promise.all(Array.from({ length: 30 }, () => fresh().reserve(of(7, 100))));
    expect(outcomes.filter((it) => it === 'reserved')).toHaveLength(14);
    expect(await fresh().spentMicros(month)).toBe(98);
  });

  it.each([
    ['of nothing', of(7, 0), 'cap_reached'],
    ['of nothing for what costs nothing', of(0, 0), 'cap_reached'],
    ['below one request', of(7, 6), 'cap_reached'],
    ['that what costs nothing never reaches', of(0, 1), 'reserved'],
  ] as const)('under a cap %s is not counted', async (_, request, outcome) => {
    expect(await fresh().reserve(request)).toBe(outcome);
    expect(await dynoxide.items(table)).toEqual([]);
  });

  it('is of that month and that service alone', async () => {
    const store = fresh();
    expect(await store.reserve(of(7, 7))).toBe('reserved');
    expect(await store.reserve(of(7, 7))).toBe('cap_reached');
    expect(await store.reserve({ ...of(7, 7), month: '2026-12' })).toBe('reserved');
    expect(await spendStore(dynoxide.client, table, 'other').reserve(of(7, 7))).toBe('reserved');
  });

  it('goes on where the policy allows more, or a request costs less', async () => {
    const store = fresh();
    expect(await store.reserve(of(60, 100))).toBe('reserved');
    expect(await store.reserve(of(60, 100))).toBe('cap_reached');
    expect(await store.reserve(of(60, 120))).toBe('reserved');
    expect(await store.reserve(of(60, 130))).toBe('cap_reached');
    expect(await store.reserve(of(10, 130))).toBe('reserved');
    expect(await store.spentMicros(month)).toBe(130);
  });

  it('is known to be all of it without asking again', async () => {
    const store = fresh();
    await store.reserve(of(60, 100));
    expect(await store.reserve(of(60, 100))).toBe('cap_reached');
    const gone = spendStore(dynoxide.client, 'no-such-table', 'personalize');
    await expect(gone.reserve(of(60, 100))).rejects.toThrow();
    expect(await store.reserve(of(60, 100))).toBe('cap_reached');
  });
});
