import { describe, expect, it } from 'vitest';
import { NEIGHBOURS_LIMIT, nearest, productSignals } from '../../../shared/domain/moderation/product-signals.ts';
import type { ListedReview } from '../../../shared/domain/moderation/signals.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { listed, times } from './listed-reviews.ts';

const signals = (review: ListedReview, window: readonly ListedReview[]) =>
  productSignals(review, window, currentPolicy);

/** A product with a review every third day, of varied stars. */
const usual = times(20, (index) =>
  listed(100 + index, { day: -30 + 3 * index, stars: [5, 4, 3, 5, 1][index % 5] ?? 4 }),
);

describe('what the other reviews of a product say against one', () => {
  it('is nothing where it is alone', () => {
    expect(signals(listed(1), [])).toEqual({});
    expect(signals(listed(1), [listed(1)])).toEqual({});
  });

  it('is nothing where all is as usual', () => {
    expect(signals(listed(1), usual)).toEqual({});
  });

  it('is a burst where many come within days', () => {
    const burst = times(12, (index) => listed(index + 2, { day: index / 6 - 1 }));
    expect(signals(listed(1), [...usual, ...burst]).burst).toBe(7);
    expect(signals(listed(1, { day: 20 }), [...usual, ...burst]).burst).toBeUndefined();
  });

  it('is no burst where a product sells as much on all days', () => {
    const steady = times(150, (index) => listed(index + 2, { day: -30 + index * 0.4 }));
    expect(signals(listed(1), steady).burst).toBeUndefined();
  });

  it('is a burst of the same extreme stars without purchases, the more there are', () => {
    const burst = (stars: number, count: number) =>
      times(count, (index) => listed(index + 2, { stars, verified: false }));
    const same = (stars: number, count: number) =>
      signals(listed(1, { stars }), [...usual, ...burst(stars, count)]).burstSameStars;
    expect([same(1, 3), same(1, 6), same(1, 12)]).toEqual([2, 5, 8]);
    expect([same(5, 3), same(4, 3)]).toEqual([2, undefined]);
    expect(signals(listed(1, { stars: 5 }), [...usual, ...burst(1, 3)]).burstSameStars).toBeUndefined();
  });

  it('hears buyers who say the same, however many they are', () => {
    const buyers = times(50, (index) => listed(index + 2, { stars: 1 }));
    expect(signals(listed(1, { stars: 1 }), [...usual, ...buyers])).not.toHaveProperty('burstSameStars');
  });

  it('is a burst without purchases, and of new accounts', () => {
    const burst = times(12, (index) => listed(index + 2, { verified: false, accountAgeDays: 1 }));
    expect(signals(listed(1), [...usual, ...burst])).toMatchObject({ burstUnverified: 7, burstNewAccounts: 8 });
    const known = times(12, (index) => listed(index + 2, { accountAgeDays: 400 }));
    expect(signals(listed(1), [...usual, ...known])).not.toHaveProperty('burstNewAccounts');
  });

  it('is the shadow of copied texts of the same opinion', () => {
    const copies = times(4, (index) => listed(index + 2, { day: 5 + index, stars: 5, copied: true }));
    expect(signals(listed(1, { stars: 4 }), copies).copiesAround).toBe(3);
    expect(signals(listed(1, { stars: 1 }), copies).copiesAround).toBeUndefined();
    expect(signals(listed(1, { stars: 4, day: -15 }), copies).copiesAround).toBeUndefined();
  });

  it('is the distance from the mean, which a few reviews do not settle', () => {
    const fives = (count: number) => times(count, (index) => listed(index + 2, { stars: 5, day: index % 25 }));
    expect(signals(listed(1, { stars: 1 }), fives(60)).deviation).toBe(3);
    expect(signals(listed(1, { stars: 2 }), fives(60)).deviation).toBe(2);
    expect(signals(listed(1, { stars: 5 }), fives(60)).deviation).toBeUndefined();
    expect(
      signals(
        listed(1, { stars: 5 }),
        times(3, (index) => listed(index + 2, { stars: 1 })),
      ).deviation,
    ).toBe(1);
  });

  it('leaves out the author’s own others, and what lies outside the window', () => {
    const own = times(12, (index) => listed(index + 2, { memberId: 'mem-1', stars: 1 }));
    expect(signals(listed(1, { stars: 1 }), own)).toEqual(signals(listed(1, { stars: 1 }), []));
    const far = times(12, (index) => listed(index + 2, { day: 31, stars: 5 }));
    expect(signals(listed(1, { stars: 1 }), far)).toEqual(signals(listed(1, { stars: 1 }), []));
  });

  it('goes by the nearest 200, of equally near ones by the lower ids', () => {
    const many = times(300, (index) => listed(index + 2, { day: index < 150 ? 1 : 2 }));
    const looked = nearest(listed(1), many, 30);
    expect(looked).toHaveLength(NEIGHBOURS_LIMIT);
    expect(looked.map(({ reviewId }) => reviewId)).toEqual(many.slice(0, 200).map(({ reviewId }) => reviewId));
    // Nothing is known of the days beyond them, so nothing is said to be unusual.
    expect(signals(listed(1), many).burst).toBeUndefined();
  });
});
