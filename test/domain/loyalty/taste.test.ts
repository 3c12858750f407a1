import { describe, expect, it } from 'vitest';
import { cancelled, lifeOf, placed, policyWith, returned } from '../../support/shop-story.ts';

const tea = { category: 'Food/Tea', brandId: 'nimbus', unitPrice: 1_000 };
const kettle = { category: 'Home/Kitchen', brandId: 'hearth', unitPrice: 4_000 };

const tasteAfter = (...happenings: Parameters<typeof lifeOf>[1]) =>
  lifeOf('ann', happenings, '2030-01-01').account.taste;

describe('what a member likes', () => {
  it('is money spent, by category, brand, price band and channel', () => {
    const taste = tasteAfter(placed('2026-01-05', { channel: 'web', lines: [tea, { ...kettle, quantity: 2 }] }));
    expect(taste).toEqual({
      asOfMs: Date.parse('2026-01-05'),
      categories: { 'Home/Kitchen': 8_000, 'Food/Tea': 1_000 },
      brands: { hearth: 8_000, nimbus: 1_000 },
      priceBand: { middle: 8_000, low: 1_000 },
      channels: { web: 9_000 },
    });
  });

  it.each([
    { unitPrice: 0, band: undefined, why: 'nothing paid says nothing' },
    { unitPrice: 1, band: 'low', why: 'the cheapest' },
    { unitPrice: 1_000, band: 'low', why: 'the upper end belongs to the band' },
    { unitPrice: 1_001, band: 'middle', why: 'above it' },
    { unitPrice: 5_000, band: 'middle', why: 'the next upper end' },
    { unitPrice: 5_001, band: 'high', why: 'and without end' },
  ])('a piece at $unitPrice is $band ($why)', ({ unitPrice, band }) => {
    const { priceBand } = tasteAfter(placed('2026-01-05', { lines: [{ unitPrice }] }));
    expect(Object.keys(priceBand)).toEqual(band === undefined ? [] : [band]);
  });

  it('is worth half after a half-life of 90 days, a quarter after two', () => {
    const first = placed('2026-01-01', { lines: [tea] });
    const later = (time: string) => placed(time, { orderId: 'ord-2', lines: [kettle] });
    expect(tasteAfter(first, later('2026-04-01')).categories).toEqual({ 'Home/Kitchen': 4_000, 'Food/Tea': 500 });
    expect(tasteAfter(first, later('2026-06-30')).categories).toEqual({ 'Home/Kitchen': 4_000, 'Food/Tea': 250 });
  });

  it('goes with what goes back', () => {
    const both = placed('2026-01-05', { channel: 'app', lines: [{ ...tea, quantity: 2 }, kettle] });
    const { categories, brands, channels } = tasteAfter(both, returned('2026-01-05', { 1: 1, 2: 1 }));
    expect({ categories, brands }).toEqual({ categories: { 'Food/Tea': 1_000 }, brands: { nimbus: 1_000 } });
    // The channel served the member all the same.
    expect(channels).toEqual({ app: 6_000 });
    expect(tasteAfter(both, cancelled('2026-01-05')).categories).toEqual({});
  });

  it('is forgotten where it has become as good as nothing, or where stronger tastes fill the list', () => {
    const old = placed('2016-01-01', { lines: [tea] });
    expect(tasteAfter(old, placed('2026-01-01', { orderId: 'ord-2', lines: [kettle] })).categories).toEqual({
      'Home/Kitchen': 4_000,
    });
    const lines = Array.from({ length: 14 }, (_, n) => ({ category: `c${n}`, unitPrice: 1_000 + n }));
    const { categories } = tasteAfter(placed('2026-01-05', { lines }));
    expect(Object.entries(categories)).toEqual(
      lines
        .slice(4)
        .reverse()
        .map((line) => [line.category, line.unitPrice]),
    );
  });

  it('keeps the first of equal tastes by name', () => {
    const policy = policyWith((it) => {
      it.preferences.kept = 1;
    });
    const lines = ['b', 'a', 'c'].map((category) => ({ category, unitPrice: 1_000 }));
    expect(lifeOf('ann', [placed('2026-01-05', { lines })], '2026-02-01', policy).account.taste.categories).toEqual({
      a: 1_000,
    });
  });
});
