import { describe, expect, it } from 'vitest';
import { LiveCatalogue } from '../../../shared/domain/recommend/live-catalogue.ts';
import type { ProductFacts, Standing } from '../../../shared/domain/recommend/product-facts.ts';

const facts = (productId: string, more: Partial<ProductFacts> = {}): ProductFacts => ({
  productId,
  name: productId,
  categories: [],
  asOf: '2026-01-01T00:00:00.000Z',
  eventId: 'e1',
  ...more,
});

describe('the live catalogue', () => {
  it('begins with what the model knew, under the model’s indexes, and goes on with what is new', () => {
    const catalogue = new LiveCatalogue({ ids: ['a', 'b'], products: [undefined, facts('b', { brandId: 'hearth' })] });
    expect(catalogue.indexOf('b')).toBe(1);
    expect(catalogue.applyProduct(facts('c', { categories: ['Home/Kitchen'] }))).toBe(2);
    expect(catalogue.size).toBe(3);
    expect(catalogue.modelItems).toBe(2);
    expect(catalogue.factsOf(0)).toBeUndefined();
    expect(catalogue.brandName(catalogue.brandOf(1))).toBe('hearth');
    expect(catalogue.categoryName(catalogue.categoryOf(2))).toBe('Home/Kitchen');
    expect([catalogue.brandOf(0), catalogue.categoryOf(1)]).toEqual([-1, -1]);
  });

  it('keeps the later fact, whatever the order in which they come', () => {
    const older = facts('a', { availability: 'in_stock' });
    const later = facts('a', { availability: 'out_of_stock', asOf: '2026-01-02T00:00:00.000Z' });
    for (const order of [
      [older, later],
      [later, older, later],
    ]) {
      const catalogue = new LiveCatalogue();
      for (const fact of order) catalogue.applyProduct(fact);
      expect(catalogue.factsOf(0)?.availability).toBe('out_of_stock');
    }
    const sameTime = new LiveCatalogue();
    sameTime.applyProduct(facts('a', { eventId: 'e2', name: 'second' }));
    expect(sameTime.applyProduct(facts('a', { eventId: 'e1', name: 'first' }))).toBeUndefined();
    expect(sameTime.factsOf(0)?.name).toBe('second');
  });

  it('knows the grade of a product and the restrictions of its brand and supplier until they end', () => {
    const catalogue = new LiveCatalogue();
    catalogue.applyProduct(facts('a', { brandId: 'hearth', supplierId: 'sup-1' }));
    const stamp = { asOf: '2026-01-01T00:00:00.000Z', eventId: 'e1' };
    const standings: Standing[] = [
      { kind: 'product', id: 'a', grade: 'AA', score: 91, ...stamp },
      { kind: 'brand', id: 'hearth', restrictions: [{ kind: 'ranking', untilMs: 1_000 }], ...stamp },
      { kind: 'supplier', id: 'sup-1', restrictions: [{ kind: 'sales_limit' }], ...stamp },
    ];
    for (const standing of standings) catalogue.applyStanding(standing);
    expect(catalogue.gradeOf(0)).toMatchObject({ grade: 'AA', score: 91 });
    expect(catalogue.restrictionsOf(0, 999)).toEqual(['ranking', 'sales_limit']);
    expect(catalogue.restrictionsOf(0, 1_000)).toEqual(['sales_limit']);
    catalogue.applyStanding({
      kind: 'supplier',
      id: 'sup-1',
      restrictions: [],
      asOf: '2026-01-02T00:00:00.000Z',
      eventId: 'e2',
    });
    expect(catalogue.restrictionsOf(0, 1_000)).toEqual([]);
  });

  it('knows a grade that came before its product, and the later of two', () => {
    const catalogue = new LiveCatalogue();
    const grade = (score: number, day: string): Standing => {
      return { kind: 'product', id: 'a', grade: 'A', score, asOf: `2026-01-0${day}T00:00:00.000Z`, eventId: 'e1' };
    };
    for (const [score, day] of [
      [70, '2'],
      [60, '1'],
    ] as const) {
      catalogue.applyStanding(grade(score, day));
    }
    catalogue.applyProduct(facts('b'));
    expect(catalogue.applyProduct(facts('a'))).toBe(1);
    expect([catalogue.gradeOf(0), catalogue.gradeOf(1)]).toEqual([undefined, grade(70, '2')]);
    catalogue.applyStanding(grade(50, '1'));
    expect(catalogue.gradeOf(1)?.score).toBe(70);
    catalogue.applyStanding(grade(80, '3'));
    expect(catalogue.gradeOf(1)?.score).toBe(80);
  });

  it('puts products with the same categories on one shelf', () => {
    const catalogue = new LiveCatalogue({ ids: ['a', 'b', 'c'], products: [] });
    expect(catalogue.shelfOf(0)).toBe(-1);
    for (const [id, categories] of [
      ['a', ['Home', 'Gifts']],
      ['b', ['Home', 'Gifts']],
      ['c', ['Gifts', 'Home']],
    ] as const) {
      catalogue.applyProduct(facts(id, { categories }));
    }
    expect(catalogue.shelfOf(0)).toBe(catalogue.shelfOf(1));
    expect(catalogue.shelfOf(2)).not.toBe(catalogue.shelfOf(0));
    expect(catalogue.categoriesOn(catalogue.shelfOf(2))).toEqual(['Gifts', 'Home']);
  });
});
