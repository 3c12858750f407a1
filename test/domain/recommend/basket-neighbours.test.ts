import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildBasketNeighbours,
  defaultTogetherSettings,
  togetherFeature,
} from '../../../shared/domain/recommend/basket-neighbours.ts';
import { allFinite, anyMembers, askedOn, purchaseLogOf, tirelessBuyer, valuesOf } from './purchase-logs.ts';

/** Nothing taken out and nothing decayed, so that pairs can be counted by hand. */
const plain = { ...defaultTogetherSettings, halfLifeDays: 1e9, powerBought: 0, powerFound: 0, next: 0, decay: 1 };
const tea = purchaseLogOf([[[0, 0, 1]], [[0, 0, 1]], [[0, 0, 2]]], 4);

describe('what is bought together', () => {
  it('is counted by the pairs of baskets, each less in a larger basket', () => {
    const { from, items, values } = buildBasketNeighbours(tea, plain);
    expect([...from]).toEqual([0, 2, 3, 4, 4]);
    expect([...items]).toEqual([1, 2, 0, 0]);
    const one = 1 / Math.sqrt(2);
    [2 * one, one, 2 * one, one].forEach((value, at) => {
      expect(values[at]).toBeCloseTo(value, 6);
    });
  });

  it('counts the next basket too, in the order in which they were bought', () => {
    const log = purchaseLogOf(
      [
        [
          [0, 0],
          [1, 1],
          [2, 2],
        ],
      ],
      3,
    );
    const { from, items, values } = buildBasketNeighbours(log, { ...plain, next: 0.5 });
    expect([...from]).toEqual([0, 1, 2, 2]);
    expect([...items]).toEqual([1, 2]);
    expect([...values]).toEqual([0.5, 0.5]);
  });

  it('counts half after the half-life', () => {
    const log = purchaseLogOf([[[0, 0, 1]], [[30, 0, 2]], [[30, 3]], [[30, 3]]], 4);
    const { values } = buildBasketNeighbours(log, { ...plain, halfLifeDays: 30 });
    expect(values[1]! / values[0]!).toBeCloseTo(0.5, 6);
  });

  it('takes out what everybody buys', () => {
    const bags = Array.from({ length: 50 }, (): [[number, number]] => [[0, 1]]);
    const log = purchaseLogOf([[[0, 0, 1, 2]], [[0, 0, 1]], ...bags], 3);
    expect(buildBasketNeighbours(log, plain).items[0]).toBe(1);
    expect(buildBasketNeighbours(log, { ...plain, powerFound: 1 }).items[0]).toBe(2);
  });

  it('keeps the nearest only', () => {
    const log = purchaseLogOf([[[0, 0, 1, 2, 3]], [[0, 0, 3]]], 4);
    const { from, items } = buildBasketNeighbours(log, { ...plain, neighbours: 1 });
    expect([...items.subarray(from[0], from[1])]).toEqual([3]);
  });
});

describe('the feature of what is bought together', () => {
  const feature = togetherFeature(buildBasketNeighbours(tea, plain), plain);

  it('adds up what goes with each purchase', () => {
    expect(valuesOf(feature, askedOn(1, [[0, 1, 2]]))[0]).toBeCloseTo(3 / Math.sqrt(2), 6);
    expect(valuesOf(feature, askedOn(1, []))).toEqual({});
  });

  it('counts older baskets less', () => {
    const decayed = togetherFeature(buildBasketNeighbours(tea, plain), { ...plain, decay: 0.5 });
    const older = valuesOf(
      decayed,
      askedOn(2, [
        [0, 1],
        [1, 3],
      ]),
    )[0]!;
    expect(older / valuesOf(decayed, askedOn(2, [[1, 1]]))[0]!).toBeCloseTo(0.5, 6);
  });

  it('hears the basket above all', () => {
    const values = valuesOf(feature, askedOn(1, [[0, 1]], [2]));
    expect(values[0]).toBeCloseTo((2 + 3) / Math.sqrt(2), 6);
  });

  it('says what speaks for an item', () => {
    expect(
      feature.anchor?.(
        askedOn(1, [
          [0, 2],
          [1, 1],
        ]),
        0,
      ),
    ).toEqual({ item: 1 });
    expect(feature.anchor?.(askedOn(1, [[0, 1]], [2]), 0)).toEqual({ item: 2 });
    expect(feature.anchor?.(askedOn(1, [[0, 1]]), 3)).toBeUndefined();
  });

  it('leaves out products that came after the model', () => {
    expect(valuesOf(feature, askedOn(1, [[0, 17]], [18]))).toEqual({});
  });

  it('reads the end of a history of 10,000 purchases', () => {
    const busy = togetherFeature(buildBasketNeighbours(purchaseLogOf([tirelessBuyer], 10)));
    const values = valuesOf(busy, askedOn(2_501, tirelessBuyer));
    expect(values).toEqual(valuesOf(busy, askedOn(2_501, tirelessBuyer.slice(-125))));
  });

  it('has finite numbers for any log, the same each time', () => {
    fc.assert(
      fc.property(anyMembers, (members) => {
        const log = purchaseLogOf(members, 10);
        const neighbours = buildBasketNeighbours(log);
        expect(allFinite(neighbours)).toBe(true);
        expect(buildBasketNeighbours(log)).toEqual(neighbours);
        for (const baskets of members) {
          const values = Object.values(valuesOf(togetherFeature(neighbours), askedOn(401, baskets, [0, 3])));
          expect(values.every((value) => value > 0 && Number.isFinite(value))).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });
});
