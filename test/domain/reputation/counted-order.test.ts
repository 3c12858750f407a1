import { describe, expect, it } from 'vitest';
import { countsOfOrder, productsWithoutMaker } from '../../../shared/domain/reputation/counted-order.ts';
import { orderOf } from '../../support/review-facts.ts';
import { cancelled, completed, placed, returned } from '../../support/shop-story.ts';

const own = { productId: 'pot', unitPrice: 1_000, quantity: 3, brandId: 'hearth', supplierId: 'sup-1' };
const silent = { productId: 'cup', unitPrice: 500, quantity: 2 };
const bought = placed('2026-01-01', { lines: [own, silent] });
const done = completed('2026-01-05');
const makers = new Map([
  ['pot', { brandId: 'other', supplierId: 'other' }],
  ['cup', { brandId: 'kiln' }],
]);

describe('an order', () => {
  it.each([
    { what: 'that was not delivered', order: orderOf(bought) },
    { what: 'that was cancelled', order: orderOf(bought, cancelled('2026-01-02')) },
    { what: 'that is known by its delivery alone', order: orderOf(done) },
  ])('$what counts for nobody', ({ order }) => {
    expect(countsOfOrder(order, makers)).toEqual({});
  });

  it("counts by its lines' own word, and by the catalogue's where they say nothing", () => {
    expect(countsOfOrder(orderOf(bought, done), makers)).toEqual({
      'PRODUCT#pot': { 'orders@2026q1': 1, 'units@2026q1': 3 },
      'PRODUCT#cup': { 'orders@2026q1': 1, 'units@2026q1': 2 },
      'BRAND#hearth': { 'orders@2026q1': 1, 'units@2026q1': 3 },
      'BRAND#kiln': { 'orders@2026q1': 1, 'units@2026q1': 2 },
      'SUPPLIER#sup-1': { 'orders@2026q1': 1, 'units@2026q1': 3 },
      SHOP: { 'orders@2026q1': 1, 'units@2026q1': 5 },
    });
  });

  it('counts what came back for those alone whose it was', () => {
    const counts = countsOfOrder(orderOf(bought, done, returned('2026-01-09', { 1: 2 })), makers);
    expect(counts['BRAND#hearth']).toEqual({
      'orders@2026q1': 1,
      'units@2026q1': 3,
      'returnedOrders@2026q1': 1,
      'returnedUnits@2026q1': 2,
    });
    expect(counts['BRAND#kiln']).toEqual({ 'orders@2026q1': 1, 'units@2026q1': 2 });
    expect(counts.SHOP).toMatchObject({ 'returnedOrders@2026q1': 1 });
  });

  it('counts the same in whatever order its facts came', () => {
    const facts = [bought, done, returned('2026-01-09', { 1: 2 })];
    expect(countsOfOrder(orderOf(...facts.toReversed()), makers)).toEqual(countsOfOrder(orderOf(...facts), makers));
  });

  it('names the products of which its lines do not say whose they are, each once', () => {
    const lines = [own, silent, silent, { ...own, productId: 'lid', supplierId: undefined }];
    expect(
      productsWithoutMaker(orderOf(placed('2026-01-01', { lines: JSON.parse(JSON.stringify(lines)) as typeof lines }))),
    ).toEqual(['cup', 'lid']);
  });
});
