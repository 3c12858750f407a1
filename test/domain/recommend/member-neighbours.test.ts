import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildMemberNeighbours,
  defaultMemberSettings,
  similarMembersFeature,
} from '../../../shared/domain/recommend/member-neighbours.ts';
import {
  allFinite,
  anyMembers,
  askedOn,
  type Basket,
  purchaseLogOf,
  tirelessBuyer,
  valuesOf,
} from './purchase-logs.ts';

const plain = { ...defaultMemberSettings, rarity: 0, halfLifeDays: 1e9, power: 1 };
const members = purchaseLogOf([[[0, 0, 1]], [[0, 0, 2]], [[0, 3]]], 4);

describe('what members have bought', () => {
  it('is a row each, of length one, and turned around by item', () => {
    const { from, items, rowsFrom, rows, likeness, worth } = buildMemberNeighbours(members, plain);
    expect([...from]).toEqual([0, 2, 4, 5]);
    expect([...items]).toEqual([0, 1, 0, 2, 3]);
    expect([...rowsFrom]).toEqual([0, 2, 3, 4, 5]);
    expect([...rows]).toEqual([0, 1, 0, 1, 2]);
    // 1 / sqrt(2) and 1, of 255.
    expect([...likeness]).toEqual([180, 180, 180, 180, 255]);
    expect([...worth]).toEqual([4096, 4096, 4096, 4096, 4096]);
  });

  it('decays from basket to basket and from day to day', () => {
    const log = purchaseLogOf(
      [
        [
          [0, 0],
          [30, 0, 1],
          [60, 2],
        ],
        [[60, 3]],
        [[60, 3]],
      ],
      4,
    );
    const { worth } = buildMemberNeighbours(log, { ...plain, halfLifeDays: 30 });
    const expected = [(0.9 * 0.9 + 0.9) * 0.5, 0.9 * 0.5, 1];
    expected.forEach((value, at) => {
      expect(worth[at]! / 4096).toBeCloseTo(value, 3);
    });
  });

  it('keeps of an item that many have the rows that it says most of', () => {
    const { rowsFrom, rows } = buildMemberNeighbours(purchaseLogOf([[[0, 0, 1, 2]], [[0, 0]], [[0, 0, 1]]], 3), {
      ...plain,
      rowsPerItem: 2,
    });
    expect([...rows.subarray(rowsFrom[0], rowsFrom[1])]).toEqual([1, 2]);
  });
});

describe('the feature of members alike', () => {
  const table = buildMemberNeighbours(members, plain);
  const feature = similarMembersFeature(table, plain);

  it('adds up what those have bought who share a purchase', () => {
    const values = valuesOf(feature, askedOn(1, [[0, 0]]));
    expect(Object.keys(values)).toEqual(['0', '1', '2']);
    expect(values[1]).toBe(values[2]);
    expect(values[0]).toBe(2 * values[1]!);
    expect(valuesOf(feature, askedOn(1, []))).toEqual({});
  });

  it('hears those more who share more', () => {
    const values = valuesOf(feature, askedOn(1, [[0, 0, 1]]));
    expect(values[1]! / values[2]!).toBeCloseTo(2, 6);
  });

  it('reads no more members than it is told to, the nearest', () => {
    const values = valuesOf(similarMembersFeature(table, { ...plain, neighbours: 1 }), askedOn(1, [[0, 0, 1]]));
    expect(Object.keys(values)).toEqual(['0', '1']);
  });

  it('looks at no more rows than it is told to, those of the rarest item first', () => {
    const rare = { ...plain, rarity: 1, rowsRead: 1 };
    const some = similarMembersFeature(buildMemberNeighbours(members, rare), rare);
    expect(Object.keys(valuesOf(some, askedOn(1, [[0, 0, 2]])))).toEqual(['0', '2']);
  });

  it('takes the basket for the latest purchase', () => {
    expect(valuesOf(feature, askedOn(1, [], [0]))).toEqual(valuesOf(feature, askedOn(1, [[1, 0]])));
  });

  it('forgets one question before the next', () => {
    const asked = askedOn(1, [[0, 0]]);
    const first = valuesOf(feature, asked);
    valuesOf(feature, askedOn(1, [[0, 3]]));
    expect(valuesOf(feature, asked)).toEqual(first);
  });

  it('finds the nearest among thousands', () => {
    const crowd = Array.from({ length: 5_000 }, (_, member): Basket[] => [[0, 0, 1 + (member % 8)]]);
    const log = purchaseLogOf([...crowd, [[0, 0, 9, 10]]], 11);
    const few = { ...plain, neighbours: 5, rowsPerItem: 10_000, rowsRead: 100_000 };
    const values = valuesOf(similarMembersFeature(buildMemberNeighbours(log, few), few), askedOn(1, [[0, 0, 9]]));
    expect(values[10]).toBeGreaterThan(0);
    expect(Object.keys(values).length).toBeLessThanOrEqual(8);
  });

  it('reads the end of a history of 10,000 purchases', () => {
    const busy = similarMembersFeature(buildMemberNeighbours(purchaseLogOf([tirelessBuyer], 10)));
    const values = valuesOf(busy, askedOn(2_501, tirelessBuyer));
    expect(values).toEqual(valuesOf(busy, askedOn(2_501, tirelessBuyer.slice(-125))));
  });

  it('has finite numbers for any log, the same each time', () => {
    fc.assert(
      fc.property(anyMembers, (all) => {
        const log = purchaseLogOf(all, 10);
        const built = buildMemberNeighbours(log);
        expect(allFinite(built)).toBe(true);
        expect(buildMemberNeighbours(log)).toEqual(built);
        for (const baskets of all) {
          const values = Object.values(valuesOf(similarMembersFeature(built), askedOn(401, baskets, [0, 3, 17])));
          expect(values.every((value) => value > 0 && Number.isFinite(value))).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });
});
