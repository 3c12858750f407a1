import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arrange } from '../../shared/domain/recommend/arrange.ts';
import { type Candidate, featureNames } from '../../shared/domain/recommend/features.ts';
import { comparePrices } from '../../shared/domain/recommend/price-neutrality.ts';
import { explain } from '../../shared/domain/recommend/reasons.ts';
import { rulesOf } from '../../shared/domain/recommend/sellable.ts';
import { around, catalogueOf, NOW_MS, policy, question, STAMP } from '../support/recommend-lists.ts';

const ITEMS = 40;
/** Weights of every size, so that the parts of one score differ by many orders of magnitude. */
const size = fc.constantFrom(1e-300, 1e-12, 1e-3, 1, 1e6, 1e15, 1e300);
const value = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true }));
const contributions = fc
  .array(fc.tuple(value, size), { minLength: featureNames.length, maxLength: featureNames.length })
  .map((parts) => Float64Array.from(parts, ([part, times]) => part * times));
const usual = fc
  .array(value, { minLength: featureNames.length, maxLength: featureNames.length })
  .map((parts) => Float64Array.from(parts));
const candidate = fc
  .record({ item: fc.nat(ITEMS - 1), contributions: fc.oneof(usual, contributions) })
  .map((it): Candidate => ({ ...it, score: it.contributions.reduce((sum, part) => sum + part, 0) }));
const broken = fc.nat(ITEMS).map((item): Candidate => ({ item, score: Number.NaN, contributions: Float64Array.of(1) }));
const candidates = fc.array(fc.oneof({ weight: 9, arbitrary: candidate }, broken), { maxLength: 60 });

const product = fc.option(
  fc.record({
    brandId: fc.constantFrom('oak', 'hearth', 'elm', undefined),
    categories: fc.constantFrom<string[]>([], ['Home'], ['Home/Tea', 'Sale'], ['Garden']),
    availability: fc.constantFrom('in_stock', 'out_of_stock', 'discontinued', undefined),
    price: fc.option(fc.nat(5_000), { nil: undefined }),
  }),
  { nil: undefined },
);
const surroundings = fc
  .record({
    products: fc.array(product, { minLength: ITEMS, maxLength: ITEMS }),
    limit: fc.integer({ min: 0, max: 30 }),
    seed: fc.integer(),
    method: fc.constantFrom('mmr' as const, 'dpp' as const),
    strength: fc.constantFrom(0, 0.05, 0.1, 0.5, 1),
    exploration: fc.constantFrom(0, 0.05, 0.5, 1),
    limits: fc.record({ brand: fc.integer({ min: 1, max: 20 }), category: fc.integer({ min: 1, max: 20 }) }),
    kind: fc.constantFrom('ranking' as const, 'sales_limit' as const),
    basket: fc.array(fc.nat(ITEMS - 1), { maxLength: 3 }),
    bought: fc.array(fc.nat(ITEMS - 1), { maxLength: 10 }),
    seen: fc.array(fc.nat(ITEMS - 1), { maxLength: 10 }),
    pageItem: fc.option(fc.nat(ITEMS - 1), { nil: undefined }),
    newcomers: fc.array(fc.nat(ITEMS - 1), { maxLength: 8 }),
    maxPrice: fc.option(fc.nat(5_000), { nil: undefined }),
    likeness: fc.array(fc.double({ min: -0.5, max: 1.5 }), { minLength: 7, maxLength: 7 }),
  })
  .map((it) => {
    const catalogue = catalogueOf(it.products);
    catalogue.applyStanding({ kind: 'brand', id: 'oak', restrictions: [{ kind: it.kind }], ...STAMP });
    const atMs = NOW_MS - 1_000;
    return around({
      catalogue,
      limit: it.limit,
      seed: it.seed,
      policy: {
        ...policy,
        diversity: { method: it.method, strength: it.strength },
        exploration: { share: it.exploration, newDays: 30 },
        limits: it.limits,
      },
      question: {
        ...question,
        basket: it.basket,
        purchases: it.bought.map((item) => ({ item, kind: 'order' as const, atMs })),
      },
      shown: Array.from({ length: policy.seen.times }, (_, index) => ({
        recommendationId: `r${index}`,
        productIds: it.seen.map((item) => `p${item}`),
        atMs,
      })),
      pageItem: it.pageItem,
      newcomers: { isNew: (item) => it.newcomers.includes(item), items: it.newcomers },
      filters: { maxPrice: it.maxPrice },
      similarity: (one, other) => it.likeness[(one * other) % 7] ?? 0,
    });
  });

test('parts add up to the score, exactly and in any order, and scores never rise down the list', () => {
  fc.assert(
    fc.property(candidates, surroundings, (found, circumstances) => {
      const { items } = arrange(found, circumstances);
      const catalogue = catalogueOf([]);
      let last = Number.POSITIVE_INFINITY;
      for (const arranged of items) {
        const { score, reasons } = explain(arranged, { catalogue, question: circumstances.question, timeZone: 'UTC' });
        const add = (all: typeof reasons) => all.reduce((sum, { contribution }) => sum + contribution, 0);
        expect(add(reasons)).toBe(score);
        expect(add(reasons.toReversed())).toBe(score);
        expect(score).toBeLessThanOrEqual(last);
        expect(score).toBeGreaterThanOrEqual(0);
        last = score;
        const weights = reasons.map(({ contribution }) => Math.abs(contribution));
        expect(weights).toEqual(weights.toSorted((one, other) => other - one));
        for (const { code, contribution } of reasons) {
          expect(contribution).not.toBe(0);
          if (code === 'diversity' || code === 'demotion' || code === 'limit_relaxed')
            expect(contribution).toBeLessThan(0);
        }
      }
    }),
    { numRuns: 400 },
  );
});

test('what features contributed is told as it was, and none of it is left out', () => {
  fc.assert(
    fc.property(fc.array(candidate, { maxLength: 30 }), surroundings, (found, circumstances) => {
      const { items } = arrange(found, circumstances);
      for (const { item, parts } of items) {
        const its = found.find((it) => it.item === item);
        if (its === undefined) continue;
        const greatest = Math.max(...found.map(({ score }) => score));
        for (const [at, code] of featureNames.entries()) {
          const told = parts.find((part) => part.code === code)?.contribution ?? 0;
          expect(Math.abs(told - (its.contributions[at] ?? 0))).toBeLessThanOrEqual(
            greatest * 1e-14 + Number.MIN_VALUE,
          );
          expect(told === 0).toBe(its.contributions[at] === 0);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('a list is as long as it may be, without repetition, of products that the rules let through', () => {
  fc.assert(
    fc.property(candidates, surroundings, (found, circumstances) => {
      const { items, leftOut } = arrange(found, circumstances);
      const { limit } = circumstances;
      const rules = rulesOf(circumstances);
      const on = items.map(({ item }) => item);
      expect(new Set(on).size).toBe(on.length);
      for (const item of on) expect(rules.refusalOf(item)).toBeUndefined();
      const sellable = new Set(
        found
          .filter(({ item, score }) => Number.isFinite(score) && rules.refusalOf(item) === undefined)
          .map(({ item }) => item),
      );
      const free = [...sellable].filter((item) => rules.reservationOf(item) === undefined);
      if (limit > 0 && sellable.size > 0) expect(on.length).toBeGreaterThan(0);
      expect(on.length).toBeGreaterThanOrEqual(Math.min(limit, free.length));
      expect(on.length).toBeLessThanOrEqual(limit);
      const counted = Object.values(leftOut).reduce((sum, count) => sum + count, 0);
      expect(counted).toBeLessThanOrEqual(found.length);
      expect(counted).toBeGreaterThanOrEqual(found.length - sellable.size);
    }),
    { numRuns: 300 },
  );
});

test('without cost of likeness, restrictions, limits and places for new products the order of scores is left alone', () => {
  fc.assert(
    fc.property(fc.uniqueArray(candidate, { selector: ({ item }) => item, maxLength: 30 }), (found) => {
      const plain = {
        ...policy,
        diversity: { method: 'mmr' as const, strength: 0 },
        limits: { brand: 100, category: 100 },
      };
      const { items } = arrange(
        found,
        around({ catalogue: catalogueOf(Array(ITEMS).fill({})), policy: plain, limit: 30 }),
      );
      const scoreOf = (item: number) => found.find((it) => it.item === item)?.score ?? 0;
      expect(items).toHaveLength(found.length);
      const greatest = Math.max(0, ...found.map(({ score }) => score));
      items.reduce((last, { item }) => {
        expect(scoreOf(item)).toBeLessThanOrEqual(last + greatest * 1e-14);
        return scoreOf(item);
      }, Number.POSITIVE_INFINITY);
    }),
  );
});

test('the same input, the same list; the order in which candidates come does not count', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(candidate, { selector: ({ item }) => item, maxLength: 30 }),
      surroundings,
      (found, circumstances) => {
        const list = arrange(found, circumstances);
        expect(arrange(found, circumstances)).toEqual(list);
        expect(arrange(found.toReversed(), circumstances)).toEqual(list);
      },
    ),
  );
});

test('the first place is never kept for a new product', () => {
  fc.assert(
    fc.property(candidates, surroundings, (found, circumstances) => {
      const [first] = arrange(found, circumstances).items;
      expect(first?.parts.some(({ code }) => code === 'exploration') ?? false).toBe(false);
    }),
  );
});

const prices = fc.array(fc.nat(10_000), { minLength: 1, maxLength: 10 });
test('the distance of prices lies between 0 and 1, is the same both ways, and 0 for the same offers', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ high: prices, low: prices }), { minLength: 1, maxLength: 20 }), (pairs) => {
      const { distance, meanRatio } = comparePrices(pairs);
      expect(distance).toBeGreaterThanOrEqual(0);
      expect(distance).toBeLessThanOrEqual(1 + 1e-9);
      const swapped = comparePrices(pairs.map(({ high, low }) => ({ high: low, low: high })));
      expect(swapped.distance).toBeCloseTo(distance, 9);
      if (meanRatio > 0 && meanRatio < Number.POSITIVE_INFINITY)
        expect(swapped.meanRatio * meanRatio).toBeCloseTo(1, 9);
      const alike = comparePrices(pairs.map(({ high }) => ({ high, low: high.toReversed() })));
      expect(alike.distance).toBeLessThan(1e-9);
    }),
  );
});
