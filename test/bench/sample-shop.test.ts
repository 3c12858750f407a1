import { describe, expect, test } from 'vitest';
import { sampleProduct, sampleShop } from './sample-shop.ts';

const shop = (seed = 3) => sampleShop({ products: 600, interactions: 6_000, seed });

describe('a shop that is made up', () => {
  test('is the same in every run, and another with another seed', () => {
    expect(shop()).toEqual(shop());
    expect(shop(4).sessions.items).not.toEqual(shop().sessions.items);
  });

  test('has sessions, what happened in them, and baskets, each in the order of time', () => {
    const { ids, sessions, interactions, purchases, newestMs } = shop();
    expect(ids).toHaveLength(600);
    expect(interactions.items).toEqual(sessions.items);
    expect(new Set(interactions.kinds).size).toBe(3);
    for (const times of [sessions.endedAt, interactions.at]) expect(times).toEqual(times.slice().sort());
    const { from, lines, items, boughtAt } = purchases;
    expect([from.at(-1), lines.at(-1)]).toEqual([boughtAt.length, items.length]);
    for (let member = 0; member + 1 < from.length; member += 1) {
      const times = boughtAt.slice(from[member], from[member + 1]);
      expect(times.length).toBeGreaterThan(0);
      expect(times).toEqual(times.slice().sort());
    }
    for (let basket = 0; basket < boughtAt.length; basket += 1) {
      const basketItems = items.subarray(lines[basket], lines[basket + 1]);
      expect(new Set(basketItems).size).toBe(basketItems.length);
    }
    const latest = Math.max(...sessions.endedAt, ...boughtAt);
    expect(latest * 1_000).toBeLessThanOrEqual(newestMs);
  });

  test('has members who buy something again', () => {
    const { from, lines, items } = shop().purchases;
    const again = Array.from({ length: from.length - 1 }, (_, member) => {
      const bought = items.subarray(lines[from[member] ?? 0], lines[from[member + 1] ?? 0]);
      return bought.length - new Set(bought).size;
    });
    expect(again.filter((times) => times > 0).length).toBeGreaterThan(10);
  });

  test('says of each product what it is: those that lie beside each other are described alike', () => {
    const topics = 10;
    const [one, other, stranger] = [sampleProduct(0, 600), sampleProduct(topics, 600), sampleProduct(1, 600)];
    expect(one.productId).not.toBe(other.productId);
    expect(one.categories).toEqual(other.categories);
    expect(one.categories).not.toEqual(stranger.categories);
    expect(one.price).toBeGreaterThan(0);
  });
});
