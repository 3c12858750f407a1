import { describe, expect, it } from 'vitest';
import { memberSignals } from '../../../shared/domain/moderation/member-signals.ts';
import type { ReviewerEntry } from '../../../shared/domain/moderation/signals.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { entry, times } from './listed-reviews.ts';

const signals = (review: ReviewerEntry & { accountAgeDays?: number | undefined }, entries: readonly ReviewerEntry[]) =>
  memberSignals(review, entries, currentPolicy);

describe('what a member’s reviews say against one of them', () => {
  it('is nothing where it is the only one', () => {
    expect(signals(entry(1), [])).toEqual({});
    expect(signals(entry(1), [entry(1)])).toEqual({});
    expect(signals({ ...entry(1), stars: 5, accountAgeDays: 900 }, [])).toEqual({});
  });

  it('is nothing for a regular who likes some things and not others', () => {
    const entries = times(30, (index) => entry(index + 2, { day: -10 * index, stars: (index % 5) + 1 }));
    expect(signals({ ...entry(1), accountAgeDays: 400 }, entries)).toEqual({});
  });

  it.each([
    { others: 2, rate: undefined },
    { others: 3, rate: 1 },
    { others: 4, rate: 2 },
    { others: 6, rate: 3 },
    { others: 60, rate: 5 },
  ])('is the rate: $others others within a week are $rate', ({ others, rate }) => {
    const entries = times(others, (index) => entry(index + 2, { day: -6, stars: (index % 5) + 1 }));
    expect(signals(entry(1), entries).rate).toBe(rate);
  });

  it('is the share of extremes, and of the same stars, once there are four', () => {
    const fives = times(9, (index) => entry(index + 2, { day: -20 * index, stars: 5 }));
    expect(signals(entry(1, { stars: 5 }), fives)).toEqual({ extremes: 3, sameStars: 2 });
    expect(signals(entry(1, { stars: 4 }), fives)).toEqual({ extremes: 2, sameStars: 1 });
    expect(signals(entry(1, { stars: 1 }), fives)).toEqual({ extremes: 3, sameStars: 1 });
    expect(signals(entry(1, { stars: 5 }), fives.slice(0, 2))).toEqual({});
  });

  it('is one brand alone', () => {
    const entries = times(5, (index) =>
      entry(index + 2, { day: -20 * index, brandId: 'acme', stars: (index % 4) + 1 }),
    );
    expect(signals(entry(1, { brandId: 'acme' }), entries).oneBrand).toBe(3);
    expect(signals(entry(1, { brandId: 'other' }), entries).oneBrand).toBeUndefined();
    const nameless = entries.map(({ brandId: _, ...rest }) => rest);
    const { brandId: _, ...review } = entry(1);
    expect(signals(review, nameless).oneBrand).toBeUndefined();
  });

  it('is a sleeper where an old account was silent and then active', () => {
    const entries = times(3, (index) => entry(index + 2, { day: index - 3 }));
    expect(signals({ ...entry(1), accountAgeDays: 300 }, entries).sleeper).toBe(3);
    expect(signals({ ...entry(1), accountAgeDays: 30 }, entries).sleeper).toBeUndefined();
    expect(signals(entry(1), entries).sleeper).toBeUndefined();
    const awake = [...entries, entry(9, { day: -100 })];
    expect(signals({ ...entry(1), accountAgeDays: 300 }, awake).sleeper).toBeUndefined();
  });

  it('goes by the nearest hundred', () => {
    const near = times(99, (index) => entry(index + 2, { stars: 5 }));
    const far = times(50, (index) => entry(index + 200, { day: -200, stars: 3 }));
    expect(signals(entry(1, { stars: 5 }), [...far, ...near])).toEqual(signals(entry(1, { stars: 5 }), near));
  });
});
