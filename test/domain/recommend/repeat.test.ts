import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildRepeatTable,
  repeatFeature,
  repeatIntervalDaysOf,
  repeatShareOf,
} from '../../../shared/domain/recommend/repeat.ts';
import {
  allFinite,
  anyMembers,
  askedOn,
  type Basket,
  purchaseLogOf,
  tirelessBuyer,
  valuesOf,
} from './purchase-logs.ts';

/** Bread every day, paint once: by twenty members, each beginning on another day. */
const habits = Array.from({ length: 20 }, (_, member) =>
  Array.from({ length: 10 }, (_unused, day): Basket => (day === 0 ? [member, 0, 1] : [member + day, 0])),
);

describe('what is known of repeats', () => {
  const log = purchaseLogOf(
    [
      [
        [0, 0],
        [10, 0, 1],
        [40, 0, 0],
      ],
      [[5, 0]],
      [
        [0, 1],
        [7, 1],
      ],
    ],
    3,
  );
  const table = buildRepeatTable(log);

  it('is the share of buyers who bought again', () => {
    expect([0, 1, 2, 9].map((item) => repeatShareOf(table, item))).toEqual([0.5, 0.5, 0, 0]);
  });

  it('is the median of the days between two purchases', () => {
    expect([0, 1, 2, 9].map((item) => repeatIntervalDaysOf(table, item))).toEqual([20, 7, undefined, undefined]);
  });
});

describe('the repeat feature', () => {
  it('speaks for what was bought, and for nothing else', () => {
    const feature = repeatFeature(buildRepeatTable(purchaseLogOf(habits, 4)));
    expect(Object.keys(valuesOf(feature, askedOn(5, [[3, 0, 1, 12]])))).toEqual(['0', '1']);
    expect(valuesOf(feature, askedOn(5, []))).toEqual({});
    expect(feature.anchor?.(askedOn(5, [[3, 0]]), 0)).toEqual({ item: 0 });
  });

  it('learns what is bought again and what is bought once', () => {
    const feature = repeatFeature(buildRepeatTable(purchaseLogOf(habits, 4)));
    const values = valuesOf(feature, askedOn(9, habits[0]!.slice(0, 9)));
    expect(values[0]).toBeGreaterThan(0.6);
    expect(values[1]).toBeLessThan(0.1);
  });

  it('learns when it is time: a product that is due before one that was bought yesterday', () => {
    // Every thirty days something is bought again; in between, other things are.
    const monthly = Array.from({ length: 600 }, (_, member) =>
      Array.from({ length: 12 }, (_unused, step): Basket => [member + step * 10, step % 3, 3 + (member % 3)]),
    );
    const feature = repeatFeature(buildRepeatTable(purchaseLogOf(monthly, 6)));
    const past: Basket[] = [
      [0, 0],
      [10, 1],
      [20, 2],
      [30, 0],
      [40, 1],
      [50, 2],
    ];
    const values = valuesOf(feature, askedOn(60, past));
    expect(values[0]).toBeGreaterThan(values[2]!);
    expect(values[0]).toBeGreaterThan(values[1]!);
  });

  it('has likely odds before anything is known: often and lately before once and long ago', () => {
    const feature = repeatFeature(buildRepeatTable(purchaseLogOf([], 3)));
    const values = valuesOf(
      feature,
      askedOn(31, [
        [0, 1],
        [10, 0],
        [20, 0],
        [30, 0],
      ]),
    );
    expect(values[0]).toBeGreaterThan(values[1]!);
  });

  it('takes lines of one instant for one basket, wherever they stand', () => {
    const feature = repeatFeature(buildRepeatTable(purchaseLogOf(habits, 4)));
    expect(valuesOf(feature, askedOn(9, [[4, 0, 0, 0]]))).toEqual(valuesOf(feature, askedOn(9, [[4, 0]])));
  });

  it('reads the end of a history of 10,000 purchases', () => {
    const feature = repeatFeature(buildRepeatTable(purchaseLogOf([tirelessBuyer], 10)));
    const values = valuesOf(feature, askedOn(2_501, tirelessBuyer));
    expect(values).toEqual(valuesOf(feature, askedOn(2_501, tirelessBuyer.slice(-125))));
    expect(values[8]).toBeGreaterThan(0.5);
  });

  it.each([
    { what: 'bought in the future', asked: askedOn(5, [[90, 0]]) },
    {
      what: 'bought in no order',
      asked: askedOn(50, [
        [40, 0],
        [20, 0],
        [30, 0],
      ]),
    },
    { what: 'asked before all time', asked: { ...askedOn(5, [[3, 0]]), nowMs: -1e15 } },
  ])('has a chance for what was $what', ({ asked }) => {
    const values = valuesOf(repeatFeature(buildRepeatTable(purchaseLogOf(habits, 4))), asked);
    expect(values[0]).toBeGreaterThan(0);
    expect(values[0]).toBeLessThan(1);
  });

  it('says nothing where the time is no number', () => {
    const feature = repeatFeature(buildRepeatTable(purchaseLogOf(habits, 4)));
    expect(valuesOf(feature, { ...askedOn(5, [[3, 0]]), nowMs: Number.NaN })).toEqual({});
  });

  it('has finite numbers and chances for any log, the same each time', () => {
    fc.assert(
      fc.property(anyMembers, (members) => {
        const log = purchaseLogOf(members, 10);
        const table = buildRepeatTable(log);
        expect(allFinite(table)).toBe(true);
        expect(buildRepeatTable(log)).toEqual(table);
        for (const baskets of members) {
          const values = Object.values(valuesOf(repeatFeature(table), askedOn(401, baskets)));
          expect(values.every((value) => value > 0 && value <= 1)).toBe(true);
          expect(values).toHaveLength(new Set(baskets.flatMap(([, ...items]) => items)).size);
        }
      }),
      { numRuns: 60 },
    );
  });
});
