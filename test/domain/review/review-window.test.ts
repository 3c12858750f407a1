import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ListedReview, Signals } from '../../../shared/domain/moderation/signals.ts';
import { neighbourSignals } from '../../../shared/domain/review/judge-review.ts';
import {
  enlist,
  newWindow,
  type ReviewWindow,
  ROWS_PER_SPAN_LIMIT,
  spanOf,
  spansAround,
} from '../../../shared/domain/review/review-window.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';

const DAY_MS = 86_400_000;
const { windowDays } = currentPolicy.moderation;

function row(reviewId: string, day: number, parts: Partial<ListedReview> = {}): ListedReview {
  return {
    reviewId,
    memberId: `m-${reviewId}`,
    atMs: day * DAY_MS,
    stars: 5,
    verified: false,
    length: 0,
    incentivised: true,
    hasMedia: false,
    ...parts,
  };
}

/** How many neighbours a row has, which is the plainest thing that a neighbourhood can say. */
const counting = (_: ListedReview, around: readonly ListedReview[]): Signals => ({ burst: around.length });
const judging = (it: ListedReview, around: readonly ListedReview[]) => neighbourSignals(it, around, currentPolicy);

/** Windows as a table keeps them: each row is put in by a write of its own, which reads no more than it has to. */
function windowsAfter(
  rows: readonly ListedReview[],
  signalsOf: (it: ListedReview, around: readonly ListedReview[]) => Signals = counting,
): { windows: Map<number, ReviewWindow>; touched: string[][] } {
  const windows = new Map<number, ReviewWindow>();
  const known = new Map<string, ListedReview>();
  const touched = rows.map((joining) => {
    const before = known.get(joining.reviewId);
    known.set(joining.reviewId, joining);
    const times = [joining.atMs, ...(before === undefined ? [] : [before.atMs])];
    const spans = [...new Set(times.flatMap((atMs) => spansAround(atMs, windowDays)))];
    const read = spans.map((span) => windows.get(span) ?? newWindow('teapot', span));
    const enlisted = enlist(read, [joining], { windowDays, signalsOf });
    for (const window of enlisted.changed) windows.set(window.span, window);
    return enlisted.touched;
  });
  return { windows, touched };
}

const filled = ({ windows }: ReturnType<typeof windowsAfter>) =>
  [...windows.values()].filter(({ rows }) => rows.length > 0).sort((a, b) => a.span - b.span);
const signalsOf = (found: ReturnType<typeof windowsAfter>) =>
  Object.fromEntries(
    filled(found).flatMap(({ rows }) => rows.map(({ reviewId, signals }) => [reviewId, signals.burst])),
  );

describe('a window', () => {
  it('is as long as what is looked at around a review', () => {
    expect(spanOf(windowDays * DAY_MS - 1, windowDays)).toBe(0);
    expect(spanOf(windowDays * DAY_MS, windowDays)).toBe(1);
    expect(spansAround(0, windowDays)).toContain(0);
    expect(spansAround(0, windowDays).every((span) => span >= 0)).toBe(true);
  });

  it('has every review that joins, and has those near it looked at again', () => {
    const found = windowsAfter([row('a', 10), row('b', 20), row('c', 400)]);
    expect(signalsOf(found)).toEqual({ a: 2, b: 2, c: 1 });
    expect(found.touched).toEqual([[], ['a'], []]);
  });

  it('changes nothing when a review joins again', () => {
    const [a, b] = [row('a', 10), row('b', 20)];
    expect(filled(windowsAfter([a, b, a, b]))).toEqual(filled(windowsAfter([a, b])));
    expect(windowsAfter([a, b, a]).touched.at(-1)).toEqual([]);
  });

  it('loses a review that an edit moves elsewhere, however far', () => {
    const found = windowsAfter([row('a', 10), row('b', 20), row('a', 700)]);
    expect(signalsOf(found)).toEqual({ b: 1, a: 1 });
    expect(found.touched.at(-1)).toEqual(['b']);
  });

  it('keeps all that its neighbours say where a review joins on the other side of it', () => {
    const [a, b, c] = [row('a', 0.5 * windowDays), row('b', 1.2 * windowDays), row('c', 2.1 * windowDays)];
    expect(signalsOf(windowsAfter([a, b, c]))).toEqual({ a: 2, b: 3, c: 2 });
  });

  it('keeps the same rows of too many, whoever comes first', () => {
    const rows = Array.from({ length: ROWS_PER_SPAN_LIMIT + 20 }, (_, n) => row(`r${n}`, 1 + n / 100));
    const plain = () => ({});
    const [one] = filled(windowsAfter(rows, plain));
    const [other] = filled(windowsAfter([...rows].reverse(), plain));
    expect(one?.rows).toHaveLength(ROWS_PER_SPAN_LIMIT);
    expect(other?.rows).toEqual(one?.rows);
  });

  it('ends the same in whatever order reviews join, edits last', () => {
    const rows = fc.uniqueArray(
      fc.record({
        id: fc.integer({ min: 0, max: 99 }),
        day: fc.integer({ min: 0, max: 360 }),
        stars: fc.integer({ min: 1, max: 5 }),
        verified: fc.boolean(),
        movedBy: fc.option(fc.integer({ min: -300, max: 300 }), { nil: undefined, freq: 2 }),
      }),
      { selector: ({ id }) => id, maxLength: 25 },
    );
    fc.assert(
      fc.property(
        rows.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, order]) => {
          const first = (it: (typeof all)[number]) =>
            row(`r${it.id}`, it.day, { stars: it.stars, verified: it.verified });
          const edit = (it: (typeof all)[number]) =>
            it.movedBy === undefined ? [] : [{ ...first(it), atMs: Math.max(0, it.day + it.movedBy) * DAY_MS }];
          const straight = windowsAfter(
            all.map((it) => edit(it)[0] ?? first(it)),
            judging,
          );
          const edited = windowsAfter([...order.map(first), ...order.flatMap(edit)], judging);
          const rowsOf = (found: typeof straight) => filled(found).map(({ span, rows: it }) => ({ span, rows: it }));
          expect(rowsOf(edited)).toEqual(rowsOf(straight));
        },
      ),
      { numRuns: 150 },
    );
  });
});
