import { describe, expect, it } from 'vitest';
import { type Joined, joinNeighbours } from '../../../shared/domain/review/join-neighbours.ts';
import type { ReviewRecord } from '../../../shared/domain/review/review-record.ts';
import type { ReviewSurroundings } from '../../../shared/domain/review/review-surroundings.ts';
import type { ReviewWindow } from '../../../shared/domain/review/review-window.ts';
import { newReviewer } from '../../../shared/domain/review/reviewer-record.ts';
import { always } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import { reviewOf, submitted, surroundingsAt } from '../../support/review-facts.ts';

const policies = always(currentPolicy);
const TIMES = ['2026-01-10', '2026-01-11', '2026-02-20', '2026-04-02', '2026-04-03', '2026-08-30'];

/** Reviews of the teapot, each by another member. */
const reviews = TIMES.map((time, index): ReviewRecord => {
  const said = { reviewId: `rev-${index}`, memberId: `mem-${index}`, stars: 1 + (index % 5) };
  return { ...reviewOf(submitted(time, said)), reviewId: said.reviewId };
});

function around(index: number, windows: ReadonlyMap<number, ReviewWindow>): ReviewSurroundings {
  const found = surroundingsAt(TIMES[index] ?? '', { reviewer: newReviewer(`mem-${index}`) });
  return { ...found, windows: found.windows.map((window) => windows.get(window.span) ?? window) };
}

function join(indices: readonly number[], windows: Map<number, ReviewWindow>): Joined {
  const joined = joinNeighbours(
    indices.flatMap((index) => reviews[index] ?? []),
    indices.map((index) => around(index, windows)),
    policies,
  );
  for (const { window } of joined.windows) windows.set(window.span, window);
  return joined;
}

describe('reviews that join their neighbours', () => {
  it('end in the same windows together as one after the other', () => {
    const [together, apart] = [new Map<number, ReviewWindow>(), new Map<number, ReviewWindow>()];
    join([0, 1, 2, 3, 4, 5], together);
    for (const index of [3, 0, 5, 1, 4, 2]) join([index], apart);
    const filled = (windows: Map<number, ReviewWindow>) =>
      [...windows.values()].filter(({ rows }) => rows.length > 0).sort((a, b) => a.span - b.span);
    expect(filled(together)).toEqual(filled(apart));
    expect(filled(together).flatMap(({ rows }) => rows)).toHaveLength(TIMES.length);
  });

  it('ask for those to be looked at of whom something else is said, and never for themselves', () => {
    const windows = new Map<number, ReviewWindow>();
    join([0], windows);
    const touched = join([1, 2], windows).windows.flatMap((it) => it.touched);
    expect(touched.filter((it) => it !== 'rev-0')).toEqual([]);
    // Nothing is new to anybody when they join again.
    expect(join([0, 1, 2], windows).windows).toEqual([]);
  });

  it('are each given all that joined with them', () => {
    const { surroundings } = join([0, 1, 2], new Map());
    const seen = surroundings.map((it) => it.windows.flatMap(({ rows }) => rows).map(({ reviewId }) => reviewId));
    expect(seen[0]).toEqual(expect.arrayContaining(['rev-0', 'rev-1']));
    expect(seen[1]).toEqual(seen[0]);
  });
});
