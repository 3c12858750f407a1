import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { catalogStore } from '../../shared/adapters/dynamo/catalog-store.ts';
import { makerStore } from '../../shared/adapters/dynamo/maker-store.ts';
import { type OrderTallyStore, orderTallyStore } from '../../shared/adapters/dynamo/order-tally-store.ts';
import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { type TallyStore, tallyStore } from '../../shared/adapters/dynamo/tally-store.ts';
import type { ProductRecord } from '../../shared/domain/catalog/records.ts';
import type { OrderRecord } from '../../shared/domain/loyalty/order-facts.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import { type Dynoxide, startDynoxide, type Tables } from '../support/dynoxide.ts';
import { orderOf } from '../support/review-facts.ts';
import { at, cancelled, completed, placed, returned } from '../support/shop-story.ts';

const NOW_MS = at('2026-03-01');

let dynoxide: Dynoxide;
let tables: Tables;
let tallies: TallyStore;
let orders: OrderTallyStore;

beforeAll(async () => {
  dynoxide = await startDynoxide();
});
beforeEach(async () => {
  tables = await dynoxide.createTables();
  const reputation = (await dynoxide.createTables()).profile;
  tallies = tallyStore(dynoxide.client, reputation);
  const makers = makerStore(dynoxide.client, { reputation, catalog: tables.catalog });
  orders = orderTallyStore(dynoxide.client, { reputation, profile: tables.profile }, makers);
});
afterAll(() => dynoxide.stop());

const line = (productId: string, parts: Record<string, unknown> = {}) => ({
  productId,
  quantity: 2,
  unitPrice: 1_000,
  ...parts,
});
const bought = (lines: ReturnType<typeof line>[], orderId = 'ord-1') => placed('2026-01-01', { orderId, lines });
const done = (orderId = 'ord-1') => completed('2026-01-05', { orderId });
const count = (...some: OrderRecord[]) => retryConflicts(WriteConflict, () => orders.count(some, NOW_MS));
const countersOf = async (target: string) => (await tallies.load([target])).get(target)?.counters;

describe('orders', () => {
  it('count for all that their lines name, once', async () => {
    const order = orderOf(
      bought([line('pot', { brandId: 'hearth', supplierId: 'sup-1' }), line('cup', { brandId: 'hearth' })]),
      done(),
    );
    await count(order);
    await count(order, order);
    expect(await countersOf('PRODUCT#pot')).toEqual({ 'orders@2026q1': 1, 'units@2026q1': 2 });
    expect(await countersOf('BRAND#hearth')).toEqual({ 'orders@2026q1': 1, 'units@2026q1': 4 });
    expect(await countersOf('SUPPLIER#sup-1')).toEqual({ 'orders@2026q1': 1, 'units@2026q1': 2 });
    expect(await countersOf('SHOP')).toEqual({ 'orders@2026q1': 1, 'units@2026q1': 4 });
  });

  it('count otherwise once something comes back, and by the later of two that are told in the wrong order', async () => {
    const first = orderOf(bought([line('pot')]), done());
    const back = orderOf(bought([line('pot')]), done(), returned('2026-01-08', { 1: 1 }));
    await count(back);
    await count(first);
    expect(await countersOf('PRODUCT#pot')).toEqual({
      'orders@2026q1': 1,
      'units@2026q1': 2,
      'returnedOrders@2026q1': 1,
      'returnedUnits@2026q1': 1,
    });
  });

  it('count for nobody before they are delivered, or where they were cancelled', async () => {
    await count(
      orderOf(bought([line('pot')])),
      orderOf(bought([line('pot')], 'ord-2'), cancelled('2026-01-02', { orderId: 'ord-2' })),
    );
    expect(await countersOf('PRODUCT#pot')).toBeUndefined();
  });

  it('count for the makers that the catalogue knows where their lines say nothing', async () => {
    const product = { productId: 'pot', name: 'Pot', categories: ['Home'], brandId: 'hearth', supplierId: 'sup-1' };
    const told = { asOf: '2026-01-01T00:00:00.000Z', eventId: 'e1' };
    const record = { ...product, ...told } as unknown as ProductRecord;
    await catalogStore(dynoxide.client, tables.catalog).saveProduct(record, 0);
    await count(orderOf(bought([line('pot')]), done()));
    expect(await countersOf('BRAND#hearth')).toEqual({ 'orders@2026q1': 1, 'units@2026q1': 2 });
  });

  it.each([95, 400])('of %i products count for each of them, and once', async (products) => {
    const lines = Array.from({ length: products }, (_, n) =>
      line(`p${n}`, { brandId: `b${n % 7}`, supplierId: 'sup-1' }),
    );
    const order = orderOf(bought(lines), done());
    await Promise.all([count(order), count(order)]);
    for (const n of [0, 94, products - 1])
      expect(await countersOf(`PRODUCT#p${n}`), `p${n}`).toEqual({ 'orders@2026q1': 1, 'units@2026q1': 2 });
    expect(await countersOf('SHOP')).toEqual({ 'orders@2026q1': 1, 'units@2026q1': 2 * products });
  });
});
