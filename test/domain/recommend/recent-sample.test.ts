import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  RECENT_LIMIT,
  type RecentCandidate,
  shareTaken,
  withRecent,
} from '../../../shared/domain/recommend/recent-sample.ts';

const NOW_MS = Date.parse('2026-11-20T12:00:00Z');
const HOUR_MS = 3_600_000;
const candidate = (n: number, atMs = NOW_MS - n * 1_000): RecentCandidate => {
  return { id: `e${n}`, productId: `p${n % 7}`, kind: 'view', atMs };
};

describe('a sample of what happens in the shop', () => {
  it('of a quiet shop is all of it, in any order and once', () => {
    const some = fc.uniqueArray(fc.nat(500), { maxLength: 50 });
    const sameEveryWay = fc.property(some, (numbers) => {
      const candidates = numbers.map((n) => candidate(n));
      const whole = withRecent([], candidates, NOW_MS);
      expect(whole).toHaveLength(numbers.length);
      const one = candidates
        .toReversed()
        .reduce((sample, it) => withRecent(sample, [it], NOW_MS), withRecent([], [], NOW_MS));
      expect(one).toEqual(whole);
      expect(withRecent(whole, candidates, NOW_MS)).toBe(whole);
    });
    fc.assert(sameEveryWay);
  });

  it('says what and when, not who: not even the id of the event', () => {
    expect(withRecent([], [candidate(3)], NOW_MS)).toEqual([{ productId: 'p3', kind: 'view', atMs: NOW_MS - 3_000 }]);
  });

  it('is full at three hundred, of which the oldest goes first', () => {
    const hours = Array.from({ length: RECENT_LIMIT }, (_, n) => candidate(n, NOW_MS - n * HOUR_MS));
    const full = withRecent([], hours, NOW_MS);
    expect(shareTaken(full, NOW_MS)).toBe(1);
    const after = withRecent(full, [candidate(999, NOW_MS + 1)], NOW_MS);
    expect([after.length, after[0]?.atMs, after.at(-1)?.atMs]).toEqual([RECENT_LIMIT, NOW_MS + 1, full.at(-2)?.atMs]);
    expect(withRecent(full, [candidate(998, NOW_MS - 1_000 * HOUR_MS)], NOW_MS)).toBe(full);
  });

  it('that reaches back over an hour takes a sixth, and one of a moment still takes some', () => {
    const spread = (spanMs: number) =>
      withRecent(
        [],
        Array.from({ length: RECENT_LIMIT }, (_, n) => candidate(n, NOW_MS - (n * spanMs) / 299)),
        NOW_MS,
      );
    const hour = spread(HOUR_MS);
    expect(shareTaken(hour, NOW_MS)).toBeCloseTo(1 / 6, 9);
    // Quiet since: the longer ago the last one is, the more is taken.
    expect(shareTaken(hour, NOW_MS + 5 * HOUR_MS)).toBe(1);
    const moment = spread(0).length === RECENT_LIMIT ? spread(0) : spread(299);
    expect(shareTaken(moment, NOW_MS)).toBe(0.01);
    const later = Array.from({ length: 5_000 }, (_, n) => candidate(1_000 + n, NOW_MS + 1 + n / 10_000));
    const taken = later.filter((it) => withRecent(moment, [it], NOW_MS) !== moment).length;
    expect(taken).toBeGreaterThan(20);
    expect(taken).toBeLessThan(100);
  });

  it('has nothing of the future', () => {
    expect(withRecent([], [candidate(1, NOW_MS + HOUR_MS)], NOW_MS)).toEqual([]);
  });
});
