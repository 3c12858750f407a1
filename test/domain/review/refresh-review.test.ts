import { describe, expect, it } from 'vitest';
import { joinNeighbours } from '../../../shared/domain/review/join-neighbours.ts';
import { type RefreshedReview, refreshReview } from '../../../shared/domain/review/refresh-review.ts';
import type { ReviewFact } from '../../../shared/domain/review/review-facts.ts';
import type { ReviewRecord } from '../../../shared/domain/review/review-record.ts';
import type { ReviewSurroundings } from '../../../shared/domain/review/review-surroundings.ts';
import { newReviewer, type ReviewerRecord } from '../../../shared/domain/review/reviewer-record.ts';
import { always, type Policies } from '../../../shared/policy/policies.ts';
import { currentPolicy } from '../../../shared/policy/policy.ts';
import {
  appealed,
  decided,
  orderOf,
  removed,
  reviewOf,
  submitted,
  surroundingsAt,
} from '../../support/review-facts.ts';
import { at, completed, placed, policyWith } from '../../support/shop-story.ts';

const policies = always(currentPolicy);

function look(
  record: ReviewRecord,
  surroundings: Partial<ReviewSurroundings> = {},
  from: Policies = policies,
): RefreshedReview {
  const [joined] = joinNeighbours([record], [surroundingsAt('2026-01-10', surroundings)], from).surroundings;
  const refreshed = joined && refreshReview({ record, surroundings: joined, policies: from });
  if (refreshed === undefined) throw new Error('nothing was submitted');
  return refreshed;
}

/** A member's reviews, each looked at in its turn, as often as it takes until nothing changes any more. */
function settle(reviews: Record<string, ReviewFact[]>, turn = Object.keys(reviews)): Map<string, RefreshedReview> {
  let reviewer: ReviewerRecord = newReviewer('ann');
  const found = new Map<string, RefreshedReview>();
  let waiting = [...turn];
  for (let rounds = 0; waiting.length > 0; rounds += 1) {
    if (rounds > 50) throw new Error('They never come to rest.');
    const [reviewId = '', ...rest] = waiting;
    const known = found.get(reviewId)?.record;
    const record = {
      ...reviewOf(...(reviews[reviewId] ?? [])),
      reviewId,
      ...(known?.standing && { standing: known.standing }),
    };
    const refreshed = look(record, { reviewer });
    found.set(reviewId, refreshed);
    reviewer = refreshed.reviewer;
    waiting = [...rest, ...refreshed.touched.filter((it) => !rest.includes(it))];
  }
  return found;
}

const states = (found: Map<string, RefreshedReview>) =>
  Object.fromEntries([...found].sort().map(([id, { record }]) => [id, record.standing?.state]));

describe('a review that is looked at', () => {
  it('counts for its product, brand and supplier and for the shop, at its weight', () => {
    const { record, due, changed, reviewerChanged } = look(reviewOf(submitted('2026-01-10', { stars: 4 })));
    const { weight = 0 } = record.standing ?? {};
    expect(weight).toBeGreaterThan(0);
    const counters = {
      'positive@2026q1': 1,
      'reviews@2026q1': 1,
      'stars4@2026q1': 1,
      'weight@2026q1': weight,
      'weighted@2026q1': 4 * weight,
    };
    expect(JSON.parse(due)).toEqual({
      'PRODUCT#teapot': counters,
      'BRAND#hearth': counters,
      'SUPPLIER#sup-1': counters,
      SHOP: counters,
    });
    expect({ changed, reviewerChanged }).toEqual({ changed: true, reviewerChanged: true });
  });

  it('changes nothing when it is looked at again', () => {
    const { record, reviewer } = look(reviewOf(submitted('2026-01-10')));
    expect(look(record, { reviewer })).toMatchObject({ changed: false, reviewerChanged: false, touched: [] });
  });

  it.each([
    { what: 'rejected', facts: [submitted('2026-01-10'), decided('2026-01-11', 'reject')] },
    { what: 'removed', facts: [submitted('2026-01-10'), removed('2026-01-11')] },
  ])('counts for nobody once it is $what', ({ facts }) => {
    expect(look(reviewOf(...facts)).due).toBe('{}');
  });

  it('waits while nobody has heard of the product, and counts once it was delivered or is told of', () => {
    const record = reviewOf(submitted('2026-01-10'));
    expect(look(record, { product: undefined })).toMatchObject({
      due: '{}',
      record: { standing: { state: 'waiting' } },
    });
    const line = { productId: 'teapot', unitPrice: 1_000, brandId: 'kiln' };
    const orders = [orderOf(placed('2026-01-01', { lines: [line] }), completed('2026-01-05'))];
    expect(look(record, { product: undefined, orders }).record.standing).toMatchObject({
      state: 'published',
      verified: true,
      purchase: 'verified',
      brandId: 'kiln',
    });
    expect(look(record).record.standing).toMatchObject({ state: 'published', verified: false });
  });

  it('is marked as paid for wherever the policy pays for reviews, or the shop says so', () => {
    const free = always(policyWith(({ points }) => Object.assign(points, { review: 0 })));
    const [plain, paid] = [
      reviewOf(submitted('2026-01-10')),
      reviewOf(submitted('2026-01-10', { incentivised: true })),
    ];
    expect(look(plain).record.standing?.incentivised).toBe(true);
    expect(look(plain, {}, free).record.standing?.incentivised).toBe(false);
    expect(look(paid, {}, free).record.standing?.incentivised).toBe(true);
    const [weighs, weighsLess] = [look(plain, {}, free), look(paid, {}, free)].map(
      (it) => it.record.standing?.weight ?? 0,
    );
    expect(weighsLess).toBeLessThan(weighs ?? 0);
  });

  it("is helped by votes, but not by those of the brand's own staff", () => {
    const record = reviewOf(submitted('2026-01-10'));
    const votes = {
      helpful: 5,
      unhelpful: 1,
      ofStaff: { hearth: { helpful: 2, unhelpful: 0 }, kiln: { helpful: 1, unhelpful: 0 } },
    };
    expect(look(record, { votes }).record.standing).toMatchObject({ helpful: 3, unhelpful: 1 });
    expect(look(record, { votes, product: {} }).record.standing).toMatchObject({ helpful: 5, unhelpful: 1 });
  });

  it('is nothing before it was submitted', () => {
    const record = reviewOf(removed('2026-01-10'));
    expect(refreshReview({ record, surroundings: surroundingsAt('2026-01-10'), policies })).toBeUndefined();
  });
});

describe("a member's reviews", () => {
  const of = (productId: string, parts: Record<string, unknown> = {}) => ({ productId, ...parts });

  it('replace each other where they are of one product, by time and not by who came first', () => {
    const reviews = {
      'rev-1': [submitted('2026-01-10', { reviewId: 'rev-1' })],
      'rev-2': [submitted('2026-01-20', { reviewId: 'rev-2', stars: 1 })],
    };
    for (const turn of [
      ['rev-1', 'rev-2'],
      ['rev-2', 'rev-1'],
    ]) {
      const found = settle(reviews, turn);
      expect(states(found)).toEqual({ 'rev-1': 'replaced', 'rev-2': 'published' });
      expect(found.get('rev-1')?.due).toBe('{}');
      expect([found.get('rev-1')?.record.standing?.rewarded, found.get('rev-2')?.record.standing?.rewarded]).toEqual([
        false,
        true,
      ]);
    }
  });

  it('trade places where an edit moves one behind the other', () => {
    const [first, second] = [
      submitted('2026-01-10', { reviewId: 'rev-1' }),
      submitted('2026-01-20', { reviewId: 'rev-2' }),
    ];
    let { record: one, reviewer } = look({ ...reviewOf(first), reviewId: 'rev-1' });
    ({ reviewer } = look({ ...reviewOf(second), reviewId: 'rev-2' }, { reviewer }));
    const edited = { ...one, facts: [first, submitted('2026-01-25', { reviewId: 'rev-1' })] };
    const moved = look(edited, { reviewer });
    expect(moved.touched).toEqual(['rev-2']);
    one = moved.record;
    expect(one.standing?.state).toBe('published');
    expect(look({ ...reviewOf(second), reviewId: 'rev-2' }, { reviewer: moved.reviewer }).record.standing?.state).toBe(
      'replaced',
    );
  });

  it('are forbidden for a while after two rejections, which is no further offence and goes with a successful appeal', () => {
    const reject = decided('2026-01-12', 'reject', { by: 'carl' });
    const reviews = {
      'rev-1': [submitted('2026-01-10', of('teapot', { reviewId: 'rev-1' })), reject],
      'rev-2': [submitted('2026-01-11', of('rug', { reviewId: 'rev-2' })), reject],
      'rev-3': [submitted('2026-01-20', of('lamp', { reviewId: 'rev-3' }))],
      'rev-4': [submitted('2026-03-20', of('cup', { reviewId: 'rev-4' }))],
    };
    const banned = { 'rev-1': 'rejected', 'rev-2': 'rejected', 'rev-3': 'rejected', 'rev-4': 'published' };
    const turns = [
      ['rev-1', 'rev-2', 'rev-3', 'rev-4'],
      ['rev-4', 'rev-3', 'rev-2', 'rev-1'],
      ['rev-3', 'rev-1', 'rev-4', 'rev-2'],
    ];
    for (const turn of turns) {
      const found = settle(reviews, turn);
      expect(states(found)).toEqual(banned);
      expect(found.get('rev-3')?.record.standing?.reasons).toEqual([{ code: 'review_ban' }]);
      const heard = [...reviews['rev-2'], appealed('2026-01-14'), decided('2026-01-15', 'publish', { by: 'dora' })];
      const restored = settle({ ...reviews, 'rev-2': heard }, turn);
      expect(states(restored)).toEqual({ ...banned, 'rev-2': 'published', 'rev-3': 'published' });
    }
  });

  it('written at the instant of a rejection are not forbidden by it, so that of two neither hangs on the other', () => {
    const reject = decided('2026-01-12', 'reject');
    const reviews = {
      'rev-1': [submitted('2026-01-10', of('teapot', { reviewId: 'rev-1' })), reject],
      'rev-2': [submitted('2026-01-12', of('rug', { reviewId: 'rev-2' })), decided('2026-01-13', 'reject')],
      'rev-3': [submitted('2026-01-12', of('lamp', { reviewId: 'rev-3' })), decided('2026-01-13', 'reject')],
    };
    const one = settle(reviews, ['rev-1', 'rev-2', 'rev-3']);
    expect(states(settle(reviews, ['rev-3', 'rev-2', 'rev-1']))).toEqual(states(one));
  });

  it('are all looked at when one joins them, or says something else', () => {
    const { reviewer } = look({ ...reviewOf(submitted('2026-01-10', of('rug', { reviewId: 'a' }))), reviewId: 'a' });
    const first = submitted('2026-01-11', of('lamp', { reviewId: 'b' }));
    const joined = look({ ...reviewOf(first), reviewId: 'b' }, { reviewer });
    expect(joined.touched).toEqual(['a']);
    const edit = submitted('2026-01-11T08:00:00Z', of('lamp', { reviewId: 'b', stars: 1 }));
    expect(look({ ...joined.record, facts: [first, edit] }, { reviewer: joined.reviewer }).touched).toEqual(['a']);
    const votes = { helpful: 1, unhelpful: 0, ofStaff: {} };
    expect(look(joined.record, { reviewer: joined.reviewer, votes }).touched).toEqual([]);
  });

  it('weigh less once one of them is rejected, and as much as before once it is back', () => {
    const fake = submitted('2026-01-09', of('rug', { reviewId: 'fake' }));
    const honest = submitted('2026-01-10', of('lamp', { reviewId: 'honest' }));
    const weightAfter = (...facts: ReviewFact[]) =>
      settle({ honest: [honest], fake: [fake, ...facts] }).get('honest')?.record.standing?.weight ?? 0;
    const before = weightAfter();
    const rejection = decided('2026-01-12', 'reject', { by: 'carl' });
    expect(weightAfter(rejection)).toBeLessThan(before);
    expect(weightAfter(rejection, appealed('2026-01-13'), decided('2026-01-14', 'publish', { by: 'dora' }))).toBe(
      before,
    );
  });

  it('grow by how long the member has been known, in what they weigh as in what is shown', () => {
    const record = reviewOf(submitted('2026-01-10'));
    const young = look(record, { knownSinceMs: at('2026-01-09') }).reviewer.standing?.credit ?? 0;
    const old = look(record, { knownSinceMs: at('2020-01-09') }).reviewer.standing?.credit ?? 0;
    expect(old - young).toBeCloseTo(currentPolicy.reputation.credit.tenure.most, 0);
  });
});
