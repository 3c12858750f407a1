import { describe, expect, it } from 'vitest';
import { brandFeature, categoryFeature, trustFeature } from '../../../shared/domain/recommend/affinity.ts';
import type { Happened, JudgingFeature, Question } from '../../../shared/domain/recommend/features.ts';
import { LiveCatalogue } from '../../../shared/domain/recommend/live-catalogue.ts';

const stamp = { asOf: '2026-01-01T00:00:00.000Z', eventId: 'e1' };
const catalogue = new LiveCatalogue();
const products: [string, string[], string | undefined][] = [
  ['teapot', ['Home/Kitchen'], 'hearth'],
  ['rake', ['Home/Garden'], 'dig'],
  ['jeans', ['Clothes'], 'hearth'],
  ['mystery', [], undefined],
];
for (const [productId, categories, brandId] of products) {
  catalogue.applyProduct({ productId, name: productId, categories, brandId, ...stamp });
}
catalogue.applyStanding({ kind: 'product', id: 'teapot', grade: 'AA', score: 91, ...stamp });

const DAY = 86_400_000;
const nowMs = 100 * DAY;
const questionOf = (recent: Happened[]): Question => ({
  context: 'home',
  session: [],
  recent,
  basket: [],
  purchases: [],
  nowMs,
});
const judged = (feature: JudgingFeature, recent: Happened[]): number[] => {
  feature.prepare(questionOf(recent));
  return products.map((_, item) => feature.valueOf(item));
};
const viewed = (item: number, daysAgo = 0, kind: Happened['kind'] = 'view'): Happened => ({
  item,
  kind,
  atMs: nowMs - daysAgo * DAY,
});

describe('what is liked of a product', () => {
  it('is its category, and somewhat the category above', () => {
    expect(judged(categoryFeature(catalogue), [viewed(0)])).toEqual([1, 0.25, 0, 0]);
  });

  it('is its brand', () => {
    expect(judged(brandFeature(catalogue), [viewed(0), viewed(2), viewed(1)])).toEqual([1, 0.5, 1, 0]);
  });

  it('counts less the longer ago, and a purchase more than a look', () => {
    expect(judged(brandFeature(catalogue), [viewed(0, 14), viewed(1)])).toEqual([0.5, 1, 0.5, 0]);
    expect(judged(brandFeature(catalogue), [viewed(0), viewed(1, 0, 'order')])).toEqual([0.2, 1, 0.2, 0]);
  });

  it('is nothing where nothing is known', () => {
    expect(judged(brandFeature(catalogue), [])).toEqual([0, 0, 0, 0]);
    expect(judged(categoryFeature(catalogue), [viewed(3)])).toEqual([0, 0, 0, 0]);
  });

  it('is another thing where the catalogue says something else of a product since', () => {
    const changing = new LiveCatalogue();
    changing.applyProduct({ productId: 'cup', name: 'Cup', categories: ['Home'], brandId: 'hearth', ...stamp });
    changing.applyProduct({ productId: 'pan', name: 'Pan', categories: ['Home'], brandId: 'hearth', ...stamp });
    const feature = brandFeature(changing);
    const asked = questionOf([viewed(0)]);
    feature.prepare(asked);
    expect(feature.valueOf(1)).toBe(1);
    const later = { asOf: '2026-01-02T00:00:00.000Z', eventId: 'e2' };
    changing.applyProduct({ productId: 'cup', name: 'Cup', categories: ['Home'], brandId: 'dig', ...later });
    feature.prepare(asked);
    expect([feature.valueOf(0), feature.valueOf(1)]).toEqual([1, 0]);
  });

  it('names what it is', () => {
    expect(brandFeature(catalogue).anchor?.(questionOf([viewed(0)]), 2)).toEqual({ brand: 'hearth' });
    expect(categoryFeature(catalogue).anchor?.(questionOf([viewed(0)]), 1)).toEqual({ category: 'Home' });
    expect(categoryFeature(catalogue).anchor?.(questionOf([viewed(0)]), 2)).toBeUndefined();
  });

  it('is the score of its quality grade', () => {
    expect(judged(trustFeature(catalogue), [])).toEqual([0.91, 0, 0, 0]);
  });
});
