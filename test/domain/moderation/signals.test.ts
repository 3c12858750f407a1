import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copySignals } from '../../../shared/domain/moderation/copy-signals.ts';
import { groupSignals, othersOf } from '../../../shared/domain/moderation/group-signals.ts';
import { memberSignals } from '../../../shared/domain/moderation/member-signals.ts';
import { productSignals } from '../../../shared/domain/moderation/product-signals.ts';
import { doublings, SIGNALS, signalsOf, surprise } from '../../../shared/domain/moderation/signals.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { entry, listed, NOON_MS, times } from './listed-reviews.ts';

describe('small whole numbers', () => {
  it.each([
    [0, 0],
    [1, 1],
    [2, 2],
    [3, 2],
    [4, 3],
    [8, 4],
    [16, 5],
    [1_000, 5],
    [-1, 0],
  ])('%i in doublings is %i', (count, step) => {
    expect(doublings(count)).toBe(step);
  });

  it.each([
    { counted: 0, expected: 0, is: 0 },
    { counted: 1, expected: 0, is: 1 },
    { counted: 5, expected: 8, is: 0 },
    { counted: 14, expected: 8, is: 2 },
    { counted: 1_000, expected: 8, is: 8 },
  ])('$counted of $expected expected is a surprise of $is', ({ counted, expected, is }) => {
    expect(surprise(counted, expected)).toBe(is);
  });

  it('are left out at 0', () => {
    expect(signalsOf({ burst: 0, copies: 2 })).toEqual({ copies: 2 });
  });
});

const day = fc.integer({ min: -40, max: 40 });
const window = fc
  .array(
    fc.record({
      day,
      stars: fc.integer({ min: 1, max: 5 }),
      verified: fc.boolean(),
      accountAgeDays: fc.option(fc.nat(400), { nil: undefined }),
      copied: fc.boolean(),
      others: fc.subarray(['a', 'b', 'c', 'd']),
    }),
    { maxLength: 260 },
  )
  .map((rows) => rows.map((row, index) => listed(index, row)));
const entries = fc
  .array(fc.record({ day, stars: fc.integer({ min: 1, max: 5 }), brandId: fc.constantFrom('a', 'b') }), {
    maxLength: 130,
  })
  .map((rows) => rows.map((row, index) => entry(index, row)));
const hashes = fc
  .array(fc.constantFrom('AAA', 'BBB', 'CCC'), { minLength: 24, maxLength: 24 })
  .map((it) => it.join(''));
const matches = fc
  .array(fc.record({ fingerprint: hashes, hour: fc.integer({ min: -3, max: 3 }), by: fc.nat(4), of: fc.nat(4) }), {
    maxLength: 60,
  })
  .map((rows) =>
    rows.map(({ fingerprint, hour, by, of }, index) => ({
      reviewId: `rev-${index}`,
      memberId: `mem-${by}`,
      productId: `product-${of}`,
      atMs: NOON_MS + hour * 3_600_000,
      fingerprint,
    })),
  );

/** The same things twice, the second time in another order. */
const shuffled = <T>(things: fc.Arbitrary<T[]>) =>
  things.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })),
  );

describe('signals are of a set of neighbours, in whatever order they came', () => {
  it('in a product’s window', () => {
    fc.assert(
      fc.property(shuffled(window), fc.integer({ min: 1, max: 5 }), ([all, other], stars) => {
        const review = listed(999, { stars, others: ['a', 'b'] });
        const product = productSignals(review, all, currentPolicy);
        expect(productSignals(review, other, currentPolicy)).toEqual(product);
        expect(productSignals(review, [...other, review], currentPolicy)).toEqual(product);
        expect(groupSignals(review, other, currentPolicy)).toEqual(groupSignals(review, all, currentPolicy));
        expectSmall(product);
      }),
    );
  });

  it('in a member’s entries', () => {
    fc.assert(
      fc.property(shuffled(entries), fc.nat(1_000), ([all, other], accountAgeDays) => {
        const review = { ...entry(999, { brandId: 'a' }), accountAgeDays };
        const member = memberSignals(review, all, currentPolicy);
        expect(memberSignals(review, other, currentPolicy)).toEqual(member);
        expect(memberSignals(review, [...other, review], currentPolicy)).toEqual(member);
        expect(othersOf(review, other, currentPolicy)).toEqual(othersOf(review, all, currentPolicy));
        expectSmall(member);
      }),
    );
  });

  it('in the matches of a text', () => {
    fc.assert(
      fc.property(shuffled(matches), ([all, other]) => {
        const fingerprint = times(24, () => 'AAA').join('');
        const review = { reviewId: 'rev-5', memberId: 'mem-1', productId: 'product-1', atMs: NOON_MS, fingerprint };
        const copies = copySignals(review, all, currentPolicy);
        expect(copySignals(review, other, currentPolicy)).toEqual(copies);
        expectSmall(copies);
      }),
    );
  });
});

function expectSmall(signals: object): void {
  for (const [name, value] of Object.entries(signals)) {
    expect(SIGNALS).toContain(name);
    expect(Number.isInteger(value)).toBe(true);
    expect(value).toBeGreaterThan(0);
    expect(value).toBeLessThanOrEqual(8);
  }
}
