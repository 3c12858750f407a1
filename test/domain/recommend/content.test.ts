import { describe, expect, it } from 'vitest';
import { ContentIndex, contentFeature } from '../../../shared/domain/recommend/content.ts';
import { contentTokens } from '../../../shared/domain/recommend/content-tokens.ts';
import { FeatureScores, type Happened, type Question } from '../../../shared/domain/recommend/features.ts';
import type { ProductFacts } from '../../../shared/domain/recommend/product-facts.ts';

const facts = (name: string, more: Partial<ProductFacts> = {}): ProductFacts => ({
  productId: name,
  name,
  categories: [],
  asOf: '2026-01-01T00:00:00.000Z',
  eventId: 'e1',
  ...more,
});
const indexOf = (...all: ProductFacts[]): ContentIndex => {
  const index = new ContentIndex();
  all.forEach((it, item) => {
    index.add(item, it);
  });
  return index;
};
const viewed = (...items: number[]): Question => {
  const recent = items.map((item, atMs): Happened => ({ item, kind: 'view', atMs }));
  return { context: 'home', session: recent, recent, basket: [], purchases: [], nowMs: 1_000 };
};
const found = (index: ContentIndex, question: Question, itemCount: number): number[] => {
  const scores = new FeatureScores(itemCount);
  contentFeature(index).score(question, scores);
  return Array.from(scores.values);
};

describe('what describes a product', () => {
  it('is the words of its name, each step of its categories, brand and band of price', () => {
    const tokens = contentTokens(
      facts('Blue TEAPOT, blue', { categories: ['Home/Kitchen'], brandId: 'hearth', price: 1_299 }),
    );
    expect([...tokens.keys()].sort()).toEqual(['b:hearth', 'c:Home', 'c:Home/Kitchen', 'p:18', 'w:blue', 'w:teapot']);
  });

  it('is pairs of characters where a script has no spaces', () => {
    expect([...contentTokens(facts('青瓷茶壶 500ml')).keys()]).toEqual(['w:青瓷', 'w:瓷茶', 'w:茶壶', 'w:500ml']);
    expect([...contentTokens(facts('茶')).keys()]).toEqual(['w:茶']);
  });

  it('is the same for other ways to write the same', () => {
    expect(contentTokens(facts('Café ＡＢＣ 羊絨褲'))).toEqual(contentTokens(facts('cafe abc 羊绒裤')));
  });

  it('is nothing where there is nothing, and bounded where there is much', () => {
    expect(contentTokens(facts('!?', { price: 0 })).size).toBe(0);
    expect(contentTokens(facts(Array.from({ length: 300 }, (_, at) => `w${at}`).join(' '))).size).toBe(40);
  });
});

describe('products by what describes them', () => {
  const shop = () =>
    indexOf(
      facts('blue teapot', { categories: ['Home/Kitchen'] }),
      facts('red teapot', { categories: ['Home/Kitchen'] }),
      facts('garden hose', { categories: ['Garden'] }),
      facts('blue jeans', { categories: ['Clothes'] }),
    );

  it('are alike as far as they share what is rare', () => {
    const index = shop();
    expect(index.similarity(0, 0)).toBeCloseTo(1, 6);
    expect(index.similarity(0, 1)).toBe(index.similarity(1, 0));
    expect(index.similarity(0, 1)).toBeGreaterThan(index.similarity(0, 3));
    expect(index.similarity(0, 2)).toBe(0);
    expect(index.similarity(0, 99)).toBe(0);
  });

  it('finds those like the last ones that were looked at, the last first', () => {
    const [teapot, red = 0, hose, jeans = 0] = found(shop(), viewed(0), 4);
    expect(teapot).toBe(0);
    expect(hose).toBe(0);
    expect(red).toBeGreaterThan(jeans);
    expect(jeans).toBeGreaterThan(0);
    expect(contentFeature(shop()).anchor?.(viewed(2, 0), 1)).toEqual({ item: 0 });
    expect(contentFeature(shop()).anchor?.(viewed(2), 1)).toBeUndefined();
    // What was looked at is like itself, and no reason for itself.
    expect(contentFeature(shop()).anchor?.(viewed(1, 0), 0)).toEqual({ item: 1 });
  });

  it('finds a product as soon as it is added, and as it is described now', () => {
    const index = shop();
    index.add(4, facts('green teapot', { categories: ['Home/Kitchen'] }));
    expect(found(index, viewed(0), 5)[4]).toBeGreaterThan(0);
    index.add(4, facts('lawn mower', { categories: ['Garden'] }));
    expect(found(index, viewed(0), 5)[4]).toBe(0);
    expect(found(index, viewed(2), 5)[4]).toBeGreaterThan(0);
  });

  it('is the same however often a product changed in between', () => {
    const changed = shop();
    const before = facts('red teapot', { categories: ['Home/Kitchen'] });
    for (let time = 0; time < 20; time += 1) {
      changed.add(1, facts('a much longer name than it had until now', { categories: ['Garden'] }));
      changed.add(1, before);
    }
    for (const item of [0, 2, 3]) expect(changed.similarity(1, item)).toBeCloseTo(shop().similarity(1, item), 6);
    expect(found(changed, viewed(0), 4)).toEqual(found(shop(), viewed(0), 4));
  });

  it('says nothing where nothing was looked at, nothing is described, or the shop has one product', () => {
    expect(found(shop(), viewed(), 4)).toEqual([0, 0, 0, 0]);
    expect(found(new ContentIndex(), viewed(0), 1)).toEqual([0]);
    expect(found(indexOf(facts('teapot')), viewed(0), 1)).toEqual([0]);
  });
});
