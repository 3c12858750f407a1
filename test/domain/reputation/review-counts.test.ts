import { describe, expect, it } from 'vitest';
import { inspectionCounts, orderCounts, reviewCounts } from '../../../shared/domain/reputation/review-counts.ts';

const atMs = Date.parse('2026-02-03T04:05:06Z');
const about = { productId: 'pot', brandId: 'hearth', supplierId: 'sup-1' };
const TARGETS = ['PRODUCT#pot', 'BRAND#hearth', 'SUPPLIER#sup-1', 'SHOP'];

describe('what a review calls for', () => {
  it.each([
    { stars: 1, positive: undefined, negative: 1 },
    { stars: 2, positive: undefined, negative: 1 },
    { stars: 3, positive: undefined, negative: undefined },
    { stars: 4, positive: 1, negative: undefined },
    { stars: 5, positive: 1, negative: undefined },
  ])('of $stars stars, for all that it is about', ({ stars, positive, negative }) => {
    const counts = reviewCounts({ ...about, atMs, ratings: { product: stars }, weightThousandths: 1_100 });
    expect(Object.keys(counts)).toEqual(TARGETS);
    for (const counters of Object.values(counts)) {
      expect(counters).toEqual({
        'reviews@2026q1': 1,
        [`stars${stars}@2026q1`]: 1,
        ...(positive && { 'positive@2026q1': positive }),
        ...(negative && { 'negative@2026q1': negative }),
        'weight@2026q1': 1_100,
        'weighted@2026q1': 1_100 * stars,
      });
    }
  });

  it('that rates service and delivery too', () => {
    const ratings = { product: 5, service: 4, logistics: 1 };
    const counts = reviewCounts({ productId: 'pot', atMs, ratings, weightThousandths: 1_000 });
    expect(Object.keys(counts)).toEqual(['PRODUCT#pot', 'SHOP']);
    expect(counts.SHOP).toMatchObject({
      'service@2026q1': 1,
      'serviceStars@2026q1': 4,
      'logistics@2026q1': 1,
      'logisticsStars@2026q1': 1,
    });
  });
});

describe('what an order calls for', () => {
  const lines = [
    { ...about, quantity: 3, returned: 0 },
    { ...about, productId: 'pan', quantity: 2, returned: 1 },
    { productId: 'pan', quantity: 1, returned: 0 },
  ];

  it.each([
    { what: 'not delivered yet', order: { cancelled: false, lines } },
    { what: 'cancelled', order: { completedAtMs: atMs, cancelled: true, lines } },
    { what: 'of no lines', order: { completedAtMs: atMs, cancelled: false, lines: [] } },
  ])('$what is nothing', ({ order }) => {
    expect(orderCounts(order)).toEqual({});
  });

  it('is one order for each that is named in it, and its pieces', () => {
    const whole = { 'orders@2026q1': 1, 'returnedOrders@2026q1': 1, 'returnedUnits@2026q1': 1 };
    expect(orderCounts({ completedAtMs: atMs, cancelled: false, lines })).toEqual({
      'PRODUCT#pot': { 'orders@2026q1': 1, 'units@2026q1': 3 },
      'PRODUCT#pan': { ...whole, 'units@2026q1': 3 },
      'BRAND#hearth': { ...whole, 'units@2026q1': 5 },
      'SUPPLIER#sup-1': { ...whole, 'units@2026q1': 5 },
      SHOP: { ...whole, 'units@2026q1': 6 },
    });
  });

  it('has no more pieces back than were bought', () => {
    const line = { productId: 'pot', quantity: 2, returned: 5 };
    expect(orderCounts({ completedAtMs: atMs, cancelled: false, lines: [line] }).SHOP).toMatchObject({
      'returnedUnits@2026q1': 2,
    });
  });
});

describe('what an inspection calls for', () => {
  it.each([
    { what: 'without a mark', score: undefined, marked: {} },
    { what: 'with a mark', score: 97.25, marked: { 'inspectionScored@2026q1': 1, 'inspectionScore@2026q1': 9_725 } },
    { what: 'with a mark of 0', score: 0, marked: { 'inspectionScored@2026q1': 1 } },
  ])('$what', ({ score, marked }) => {
    const counters = { 'inspections@2026q1': 1, 'sampled@2026q1': 50, 'failed@2026q1': 1, ...marked };
    expect(inspectionCounts({ supplierId: 'sup-1', atMs, sampled: 50, failed: 1, score })).toEqual({
      'SUPPLIER#sup-1': counters,
      SHOP: counters,
    });
  });
});
