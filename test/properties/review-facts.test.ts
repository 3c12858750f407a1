import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonical, difference, sumOf } from '../../shared/domain/reputation/counts.ts';
import { joinNeighbours } from '../../shared/domain/review/join-neighbours.ts';
import { type RefreshedReview, refreshReview } from '../../shared/domain/review/refresh-review.ts';
import type { ReviewFact } from '../../shared/domain/review/review-facts.ts';
import { addReviewFact } from '../../shared/domain/review/review-facts.ts';
import { newReview, type ReviewRecord } from '../../shared/domain/review/review-record.ts';
import { always } from '../../shared/policy/policies.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import { decided, removed, submitted, surroundingsAt } from '../support/review-facts.ts';

const policies = always(currentPolicy);
const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString();

/** The facts of one review: written, edited, taken away, and looked at by the desk, on days of their own. */
const life = fc.uniqueArray(fc.integer({ min: 0, max: 120 }), { minLength: 1, maxLength: 6 }).chain((days) =>
  fc.tuple(
    ...days.map((n) =>
      fc.oneof(
        {
          weight: 4,
          arbitrary: fc.integer({ min: 1, max: 5 }).map((stars): ReviewFact => submitted(day(n), { stars })),
        },
        {
          weight: 1,
          arbitrary: fc.constantFrom(removed(day(n)), decided(day(n), 'publish'), decided(day(n), 'reject')),
        },
      ),
    ),
  ),
);

/** What a review calls for once these facts have come, in this order, each looked at as it comes. */
function dueAfter(facts: readonly ReviewFact[]): { due: string; counted: string } {
  let record = newReview('rev-1');
  let { reviewer } = surroundingsAt(day(0));
  let counted = '{}';
  let due = '{}';
  for (const fact of facts) {
    const added = addReviewFact(record.facts, fact);
    if (added.kind === 'refused') throw new Error(added.code);
    if (added.kind === 'duplicate') continue;
    record = { ...record, facts: added.facts };
    const [around] = joinNeighbours([record], [surroundingsAt(day(0), { reviewer })], policies).surroundings;
    const refreshed = around && refreshReview({ record, surroundings: around, policies });
    if (refreshed === undefined) continue;
    const change = difference(JSON.parse(refreshed.due), JSON.parse(due));
    counted = canonical(sumOf([JSON.parse(counted), change]));
    ({ record, reviewer, due } = refreshed);
  }
  return { due, counted };
}

it('what is counted of a review is what its facts call for, in any order and however often they come', () => {
  const told = life.chain((facts) =>
    fc.tuple(fc.constant(facts), fc.shuffledSubarray([...facts, ...facts], { minLength: facts.length * 2 })),
  );
  fc.assert(
    fc.property(told, ([facts, order]) => {
      const straight = dueAfter(facts);
      const shaken = dueAfter(order);
      expect(shaken.due).toBe(straight.due);
      expect(shaken.counted).toBe(shaken.due);
    }),
    { numRuns: 300 },
  );
});

type Told = { reviewId: string; fact: ReviewFact };

/** Several reviews by one member, of a few products, some of them rejected and some of these restored. */
const member = fc
  .array(
    fc.record({
      productId: fc.constantFrom('teapot', 'rug', 'lamp'),
      day: fc.integer({ min: 0, max: 60 }),
      stars: fc.integer({ min: 1, max: 5 }),
      edit: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined, freq: 2 }),
      rejected: fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined, freq: 2 }),
      restored: fc.boolean(),
      removed: fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined, freq: 5 }),
    }),
    { minLength: 2, maxLength: 8 },
  )
  .map((reviews) =>
    reviews.flatMap((it, index): Told[] => {
      const reviewId = `rev-${index}`;
      const said = { reviewId, productId: it.productId, stars: it.stars };
      const rejectedOn = it.day + (it.rejected ?? 0);
      const facts = [
        submitted(day(it.day), said),
        ...(it.edit === undefined ? [] : [submitted(day(it.day + it.edit), { ...said, stars: 1 + (it.stars % 5) })]),
        ...(it.rejected === undefined ? [] : [decided(day(rejectedOn), 'reject', { by: 'carl' })]),
        ...(it.rejected === undefined || !it.restored ? [] : [decided(day(rejectedOn + 9), 'publish', { by: 'dora' })]),
        ...(it.removed === undefined ? [] : [removed(day(it.day + it.removed))]),
      ];
      return facts.map((fact) => ({ reviewId, fact: { ...fact, eventId: `${reviewId}:${fact.eventId}` } }));
    }),
  );

/** Where a member's reviews stand, once each fact has come in this order and whatever it bears on has been looked at again. */
function standingsAfter(told: readonly Told[]): Record<string, unknown> {
  const records = new Map<string, ReviewRecord>();
  const found = new Map<string, RefreshedReview>();
  let { reviewer } = surroundingsAt(day(0));
  for (const { reviewId, fact } of told) {
    const known = records.get(reviewId) ?? newReview(reviewId);
    const added = addReviewFact(known.facts, fact);
    if (added.kind !== 'added') continue;
    records.set(reviewId, { ...known, facts: added.facts });
    const waiting = [reviewId];
    for (let rounds = 0; waiting.length > 0; rounds += 1) {
      if (rounds > 500) throw new Error('They never come to rest.');
      const next = waiting.shift() ?? '';
      const record = records.get(next) ?? newReview(next);
      const surroundings = surroundingsAt(day(0), { reviewer, windows: [] });
      const refreshed = refreshReview({ record, surroundings, policies });
      if (refreshed === undefined) continue;
      found.set(next, refreshed);
      records.set(next, refreshed.record);
      ({ reviewer } = refreshed);
      waiting.push(...refreshed.touched.filter((it) => !waiting.includes(it)));
    }
  }
  const standings = [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([reviewId, { record, due }]) => {
      const { changes: _, cause: __, ...standing } = record.standing ?? { changes: 0, cause: undefined };
      return [reviewId, { standing, due }];
    });
  // What brought a level about differs with what came first.
  return { ...Object.fromEntries(standings), reviewer: { ...reviewer, version: 0, cause: undefined } };
}

it("a member's reviews, bans and credit come to the same in any order, whatever bears on what", () => {
  const order = member.chain((told) =>
    fc.tuple(fc.constant(told), fc.shuffledSubarray([...told, ...told], { minLength: told.length * 2 })),
  );
  fc.assert(
    fc.property(order, ([told, shuffled]) => {
      const straight = [...told].sort((a, b) => a.fact.atMs - b.fact.atMs);
      expect(standingsAfter(shuffled)).toEqual(standingsAfter(straight));
    }),
    { numRuns: 250 },
  );
});
