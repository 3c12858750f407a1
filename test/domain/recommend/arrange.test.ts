import { describe, expect, it } from 'vitest';
import { arrange } from '../../../shared/domain/recommend/arrange.ts';
import {
  around,
  candidate,
  catalogueOf,
  itemsOf,
  NOW_MS,
  policy,
  question,
  STAMP,
} from '../../support/recommend-lists.ts';

const many = (count: number) => Array.from({ length: count }, (_, item) => candidate(item, 1 - item / 100));
const sumOf = (parts: readonly { contribution: number }[]) => parts.reduce((sum, it) => sum + it.contribution, 0);
const still = { ...policy, diversity: { ...policy.diversity, strength: 0 } };

describe('a list', () => {
  it('is the best of what was found where nothing speaks against it', () => {
    const { items, leftOut, relaxed } = arrange(many(30), around({ limit: 3 }));
    expect(items).toMatchObject([
      { item: 0, productId: 'p0', parts: [{ code: 'session' }] },
      { item: 1, productId: 'p1' },
      { item: 2, productId: 'p2' },
    ]);
    expect(items.map(({ score }) => score)).toEqual([1, expect.closeTo(0.99, 12), expect.closeTo(0.98, 12)]);
    expect([leftOut, relaxed]).toEqual([{}, []]);
  });

  it('tells every part of a score, the weightiest first', () => {
    const [item] = arrange([candidate(0, { trust: 0.25, session: 0.5, content: 0.75, brand: 0.25 })], around()).items;
    expect(item?.score).toBe(1.75);
    expect(item?.parts).toEqual([
      { code: 'content', contribution: 0.75 },
      { code: 'session', contribution: 0.5 },
      { code: 'brand', contribution: 0.25 },
      { code: 'trust', contribution: 0.25 },
    ]);
  });

  it.each([
    ['more than there are', 100, 4],
    ['one', 1, 1],
    ['none', 0, 0],
    ['less than none', -3, 0],
    ['no number', Number.NaN, 0],
    ['a part of one', 2.9, 2],
  ])('has %s', (_what, limit, length) => {
    expect(arrange(many(4), around({ limit })).items).toHaveLength(length);
  });

  it('leaves out what is no candidate, and says how many', () => {
    const broken = [
      { ...candidate(0, 1), score: Number.NaN },
      candidate(1, Number.NaN),
      candidate(2, Number.POSITIVE_INFINITY),
      candidate(4, -0.5),
      { ...candidate(5, 1), score: -1 },
      { ...candidate(6, -1), score: 1 },
      candidate(3, 1),
      candidate(3, 0.5),
      candidate(99, 1),
    ];
    const { items, leftOut } = arrange(broken, around());
    expect(items.map(({ item, score }) => [item, score])).toEqual([[3, 1]]);
    expect(leftOut).toEqual({ unusable_score: 6, duplicate: 1, unknown_item: 1 });
  });

  it('counts what the rules leave out', () => {
    const catalogue = catalogueOf([
      { availability: 'out_of_stock' },
      { availability: 'out_of_stock' },
      { availability: 'discontinued' },
      {},
      {},
      {},
    ]);
    const { items, leftOut } = arrange(
      many(6),
      around({ catalogue, pageItem: 3, question: { ...question, basket: [4] } }),
    );
    expect(itemsOf({ items })).toEqual([5]);
    expect(leftOut).toEqual({ out_of_stock: 2, discontinued: 1, on_this_page: 1, in_basket: 1 });
  });

  it('is empty where all is filtered out, and says so', () => {
    expect(arrange(many(5), around({ filters: { brandIds: ['nobody'] } }))).toEqual({
      items: [],
      leftOut: { other_brand: 5 },
      relaxed: [],
    });
    expect(arrange([], around())).toEqual({ items: [], leftOut: {}, relaxed: [] });
  });

  it('has the one product of a catalogue of one, unless that is the page', () => {
    const catalogue = catalogueOf([{ brandId: 'oak', categories: ['Home'] }]);
    expect(itemsOf(arrange(many(1), around({ catalogue })))).toEqual([0]);
    expect(arrange(many(1), around({ catalogue, pageItem: 0 })).leftOut).toEqual({ on_this_page: 1 });
  });

  it('may be of other parts than the features of the scorer', () => {
    const one = { item: 0, score: 3, contributions: Float64Array.of(2, 1) };
    const { items } = arrange([one], around({ sources: ['personalize', 'trending'] }));
    expect(items[0]?.parts).toEqual([
      { code: 'personalize', contribution: 2 },
      { code: 'trending', contribution: 1 },
    ]);
  });
});

describe('restricted brands', () => {
  const catalogue = catalogueOf([{ brandId: 'hearth' }, {}, {}]);
  catalogue.applyStanding({ kind: 'brand', id: 'hearth', restrictions: [{ kind: 'ranking' }], ...STAMP });

  it('stand further down, at a cost that is told', () => {
    const { items } = arrange([candidate(0, 1), candidate(1, 0.75), candidate(2, 0.25)], around({ catalogue }));
    expect(itemsOf({ items })).toEqual([1, 0, 2]);
    expect(items[1]).toMatchObject({
      score: 0.5,
      parts: [
        { code: 'session', contribution: 1 },
        { code: 'demotion', contribution: -0.5 },
      ],
    });
  });
});

describe('what had better not be shown', () => {
  const shown = Array.from({ length: policy.seen.times }, (_, index) => ({
    recommendationId: `r${index}`,
    productIds: ['p0', 'p2'],
    atMs: NOW_MS - 1_000,
  }));
  const justBought = { ...question, purchases: [{ item: 1, kind: 'order' as const, atMs: NOW_MS - 1_000 }] };

  it('is left out as long as there is something else', () => {
    const { items, leftOut, relaxed } = arrange(many(4), around({ shown, question: justBought }));
    expect(itemsOf({ items })).toEqual([3]);
    expect([leftOut, relaxed]).toEqual([{ seen_too_often: 2, just_bought: 1 }, []]);
  });

  it('comes back rather than leaving the page empty: first what was seen, then what was bought', () => {
    const seen = arrange(many(3), around({ shown, question: justBought }));
    expect(itemsOf(seen)).toEqual([0, 2]);
    expect([seen.leftOut, seen.relaxed]).toEqual([{ just_bought: 1 }, ['seen_too_often']]);
    const bought = arrange([candidate(1, 1)], around({ question: justBought }));
    expect(itemsOf(bought)).toEqual([1]);
    expect([bought.leftOut, bought.relaxed]).toEqual([{}, ['just_bought']]);
  });
});

describe('limits per brand and category', () => {
  const brands = (all: readonly (string | undefined)[]) =>
    catalogueOf(all.map((brandId) => (brandId === undefined ? undefined : { brandId })));
  const strict = { ...still, limits: { brand: 4, category: 20 } };

  it('let no brand take more than its share of a list', () => {
    const catalogue = brands([...Array(10).fill('oak'), ...Array(10).fill(undefined)]);
    const { items, relaxed } = arrange(many(20), around({ catalogue, policy: strict, limit: 10 }));
    expect(itemsOf({ items })).toEqual([0, 1, 10, 11, 12, 13, 14, 15, 16, 17]);
    expect(relaxed).toEqual([]);
  });

  it('give way where the page would stay short: the others come last and say so', () => {
    const catalogue = brands([...Array(5).fill('oak'), 'hearth']);
    const { items, relaxed } = arrange(many(6), around({ catalogue, policy: strict, limit: 10 }));
    expect(itemsOf({ items })).toEqual([0, 1, 5, 2, 3, 4]);
    expect(relaxed).toEqual(['list_limits']);
    expect(items.map(({ score }) => score)).toEqual([
      1,
      ...[0.99, 0.95, 0.95, 0.95, 0.95].map((it) => expect.closeTo(it, 12)),
    ]);
    expect(items[3]?.parts).toMatchObject([{ code: 'session' }, { code: 'limit_relaxed' }]);
    for (const { score, parts } of items) expect(sumOf(parts)).toBe(score);
  });

  it('count a category by its first path', () => {
    const catalogue = catalogueOf(
      ['Home/Tea', 'Home/Tea', 'Home/Tea', 'Garden'].map((path) => ({ categories: [path, 'Sale'] })),
    );
    const one = { ...still, limits: { brand: 20, category: 5 } };
    expect(itemsOf(arrange(many(4), around({ catalogue, policy: one, limit: 4 })))).toEqual([0, 3, 1, 2]);
  });

  it('do not count where the request asks for certain brands', () => {
    const catalogue = brands([...Array(5).fill('oak'), 'hearth']);
    const { relaxed } = arrange(
      many(6),
      around({ catalogue, policy: strict, limit: 10, filters: { brandIds: ['oak', 'hearth'] } }),
    );
    expect(relaxed).toEqual([]);
  });
});

describe('variety', () => {
  // The even ones are all alike, the odd ones too.
  const similarity = (one: number, other: number) => (one % 2 === other % 2 ? 1 : 0);
  const found = [candidate(0, 1), candidate(2, 0.95), candidate(1, 0.92)];
  const withMethod = (method: 'mmr' | 'dpp', strength: number) => ({ ...policy, diversity: { method, strength } });

  it.each(['mmr', 'dpp'] as const)('costs what is like those above it a part of its score (%s)', (method) => {
    const { items } = arrange(found, around({ similarity, policy: withMethod(method, 0.5), limit: 3 }));
    expect(itemsOf({ items })).toEqual([0, 1, 2]);
    expect(items[2]?.parts).toMatchObject([
      { code: 'session' },
      { code: 'diversity', contribution: expect.any(Number), anchor: { item: 0 } },
    ]);
    expect(items[2]?.parts[1]?.contribution).toBeLessThan(0);
    for (const { score, parts } of items) expect(sumOf(parts)).toBe(score);
  });

  it.each(['mmr', 'dpp'] as const)('leaves the order alone at strength 0 (%s)', (method) => {
    const { items } = arrange(found, around({ similarity, policy: withMethod(method, 0) }));
    expect(itemsOf({ items })).toEqual([0, 2, 1]);
    expect(items.every(({ parts }) => parts.length === 1)).toBe(true);
  });

  it('takes from likeness that is no number as little as from none', () => {
    const { items } = arrange(found, around({ similarity: () => Number.NaN }));
    expect(itemsOf({ items })).toEqual([0, 2, 1]);
  });

  it.each(['mmr', 'dpp'] as const)('shows no score below 0, and the order goes on below it (%s)', (method) => {
    const found = [1, 0.9, 0.8, 0.02, 0.015].map((score, place) => candidate(2 * place, score));
    const { items } = arrange(
      [...found, candidate(1, 0.01)],
      around({ similarity, policy: withMethod(method, 1), limit: 6 }),
    );
    expect(itemsOf({ items })).toEqual([0, 1, 2, 4, 6, 8]);
    expect(items.map(({ score }) => score > 0)).toEqual([true, true, false, false, false, false]);
  });

  it.each(['mmr', 'dpp'] as const)('decides among products of the same score (%s)', (method) => {
    const same = [0, 2, 4, 1].map((item) => candidate(item, 1));
    expect(itemsOf(arrange(same, around({ similarity, policy: withMethod(method, 0.1) })))).toEqual([0, 1, 2, 4]);
  });

  it('means the same whether scores are great or small, and whether they fall steeply from the first or not', () => {
    const list = (scores: readonly number[], times: number) =>
      itemsOf(
        arrange(
          scores.map((score, item) => candidate(item, score * times)),
          around({
            similarity: (one, other) => (one < 9 && other < 9 ? 1 : 0),
            policy: withMethod('mmr', 0.3),
            limit: 10,
          }),
        ),
      );
    const scores = Array.from({ length: 20 }, (_, place) => 1 - place / 40);
    const usual = list(scores, 1);
    expect(usual).not.toEqual(scores.slice(0, 10).map((_, item) => item));
    expect(list(scores, 1_000)).toEqual(usual);
    expect(list(scores.toSpliced(0, 1, 50), 1)).toEqual(usual);
  });
});

describe('places for what is new', () => {
  const isNew = (item: number) => item >= 20;
  const always = { ...still, exploration: { share: 0.1, newDays: 30 } };
  const places = (limit: number, seed: number, items?: readonly number[]) =>
    arrange(many(28), around({ policy: always, limit, seed, newcomers: { isNew, items } }));

  it('are the share of the list, never the first, and add up', () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const { items } = places(20, seed);
      expect(items).toHaveLength(20);
      expect(items.filter(({ item }) => isNew(item))).toHaveLength(2);
      expect(items[0]?.item).toBe(0);
      for (const { item, score, parts } of items) {
        expect(sumOf(parts)).toBe(score);
        expect(parts.some(({ code }) => code === 'exploration')).toBe(isNew(item));
      }
    }
  });

  it('are had by short lists now and then', () => {
    const lists = Array.from({ length: 400 }, (_, seed) => places(5, seed));
    const withOne = lists.filter(({ items }) => items.some(({ item }) => isNew(item)));
    expect(withOne.length).toBeGreaterThan(150);
    expect(withOne.length).toBeLessThan(250);
    expect(places(1, 3).items).toMatchObject([{ item: 0 }]);
  });

  it('go to several of the new products over time', () => {
    const seen = new Set(
      Array.from({ length: 100 }, (_, seed) => itemsOf(places(20, seed)))
        .flat()
        .filter(isNew),
    );
    expect(seen.size).toBe(8);
  });

  it('go to new products that no feature found, within the rules', () => {
    const catalogue = catalogueOf([...Array(20).fill(undefined), { availability: 'out_of_stock' }, undefined]);
    const { items } = arrange(
      many(20),
      around({ catalogue, policy: always, seed: 4, newcomers: { isNew, items: [20, 21, 99] } }),
    );
    const [newcomer, ...others] = items.filter(({ item }) => isNew(item));
    expect(others).toEqual([]);
    expect(newcomer).toMatchObject({ item: 21, parts: [{ code: 'exploration', contribution: newcomer?.score }] });
  });

  it('are none where new products are on the list by their own score', () => {
    const found = many(20).map(({ item, score }) => candidate(19 - item + 5, score));
    const { items } = arrange(found, around({ policy: always, newcomers: { isNew }, limit: 10 }));
    expect(items.flatMap(({ parts }) => parts).some(({ code }) => code === 'exploration')).toBe(false);
  });

  it('do not go to brands that are demoted, nor past the limit of a brand', () => {
    const catalogue = catalogueOf([...Array(20).fill({ brandId: 'oak' }), { brandId: 'hearth' }, { brandId: 'oak' }]);
    catalogue.applyStanding({ kind: 'brand', id: 'hearth', restrictions: [{ kind: 'ranking' }], ...STAMP });
    const tight = { ...always, limits: { brand: 1, category: 20 } };
    const { items } = arrange(many(22), around({ catalogue, policy: tight, newcomers: { isNew, items: [20, 21] } }));
    expect(items.flatMap(({ parts }) => parts).some(({ code }) => code === 'exploration')).toBe(false);
  });

  it('are the same for the same seed', () => {
    expect(places(20, 7)).toEqual(places(20, 7));
  });
});
