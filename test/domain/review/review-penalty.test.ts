import { describe, expect, it } from 'vitest';
import { announceReview } from '../../../shared/domain/reputation/announce.ts';
import { joinNeighbours } from '../../../shared/domain/review/join-neighbours.ts';
import { type RefreshedReview, refreshReview } from '../../../shared/domain/review/refresh-review.ts';
import type { ReviewRecord } from '../../../shared/domain/review/review-record.ts';
import { newReviewer, type ReviewerRecord } from '../../../shared/domain/review/reviewer-record.ts';
import { always } from '../../../shared/policy/policies.ts';
import { appealed, decided, removed, reviewOf, submitted, surroundingsAt } from '../../support/review-facts.ts';
import { policyWith } from '../../support/shop-story.ts';

const policies = always(
  policyWith((it) => {
    it.reputation.credit.penalty = { first: 20, repeated: 50, withinDays: 30 };
  }),
);

function look(record: ReviewRecord, reviewer: ReviewerRecord = newReviewer('ann')): RefreshedReview {
  const [surroundings] = joinNeighbours([record], [surroundingsAt('2026-01-10', { reviewer })], policies).surroundings;
  const refreshed = surroundings && refreshReview({ record, surroundings, policies });
  if (refreshed === undefined) throw new Error('nothing was submitted');
  return refreshed;
}

const said = submitted('2026-01-10');
const rejection = decided('2026-01-12', 'reject', { by: 'carl' });
const told = (before: ReviewRecord, { record }: RefreshedReview) =>
  announceReview(before, record).map(({ event }) => [event.type, (event.data as { penalty?: number }).penalty]);

describe('a rejected review', () => {
  it('costs what the policy says, and nothing any more once the rejection is lifted; each is told once', () => {
    const published = look(reviewOf(said));
    expect(told(reviewOf(said), published)).toEqual([['review.published.v1', undefined]]);
    const rejected = look({ ...published.record, facts: [said, rejection] }, published.reviewer);
    expect(rejected.record.standing?.penalty).toBe(20);
    expect(told(published.record, rejected)).toEqual([['review.rejected.v1', 20]]);
    const facts = [said, rejection, appealed('2026-01-13'), decided('2026-01-14', 'publish', { by: 'dora' })];
    const restored = look({ ...rejected.record, facts }, rejected.reviewer);
    expect(restored.record.standing?.penalty).toBeUndefined();
    expect(told(rejected.record, restored)).toEqual([['review.published.v1', 0]]);
    expect(told(restored.record, look(restored.record, restored.reviewer))).toEqual([]);
  });

  it('costs more where one was rejected shortly before', () => {
    const first = look({ ...reviewOf(said, rejection), reviewId: 'rev-1' });
    const other = submitted('2026-01-15', { reviewId: 'rev-2', productId: 'rug' });
    const record = { ...reviewOf(other, decided('2026-01-16', 'reject')), reviewId: 'rev-2' };
    expect(look(record, first.reviewer).record.standing?.penalty).toBe(50);
  });

  it('keeps its price, and its part in the credit, when its author takes it away', () => {
    const rejected = look(reviewOf(said, rejection));
    const gone = look({ ...rejected.record, facts: [said, rejection, removed('2026-01-13')] }, rejected.reviewer);
    expect(gone.record.standing).toMatchObject({ state: 'removed', penalty: 20 });
    expect(gone.reviewer.standing).toEqual(rejected.reviewer.standing);
  });
});
