import { describe, expect, it } from 'vitest';
import { listedReview } from '../../../shared/domain/review/listed-review.ts';
import type { ReviewFact } from '../../../shared/domain/review/review-facts.ts';
import type { ReviewRecord } from '../../../shared/domain/review/review-record.ts';
import { standingOf } from '../../../shared/domain/review/review-standing.ts';
import { contextWith, decided, removed, reviewOf, submitted } from '../../support/review-facts.ts';
import { at } from '../../support/shop-story.ts';

const votes = { helpful: 3, unhelpful: 1 };

function looked(...facts: ReviewFact[]): ReviewRecord {
  const record = reviewOf(...facts);
  return { ...record, standing: standingOf(record, contextWith({ votes })) };
}

describe('the listing of a review', () => {
  const first = submitted('2026-01-10');

  it('has what is shown of it, and its place by time and by how helpful it is', () => {
    expect(listedReview(looked(first))).toMatchObject({
      row: {
        reviewId: 'rev-1',
        eventId: first.eventId,
        memberId: 'ann',
        ratings: { product: 5 },
        helpful: 3,
        verified: true,
      },
      place: { productId: 'teapot', atMs: at('2026-01-10'), helpful: 2 },
    });
  });

  it('says where its author does not want to be named', () => {
    expect(listedReview(looked(submitted('2026-01-10', { anonymous: true })))?.row).toMatchObject({ anonymous: true });
    expect(listedReview(looked(first))?.row.anonymous).toBeUndefined();
  });

  it.each([
    { what: 'rejected', facts: [first, decided('2026-01-11', 'reject')] },
    { what: 'removed', facts: [first, removed('2026-01-11')] },
  ])('has none that is $what', ({ facts }) => {
    expect(listedReview(looked(...facts))).toBeUndefined();
  });

  it('stays where it is until an edit has been looked at, so that it can be taken away from there', () => {
    const record = looked(first);
    const edited = { ...record, facts: [first, submitted('2026-01-20', { stars: 1 })] };
    expect(listedReview(edited)).toEqual(listedReview(record));
    expect(listedReview(looked(...edited.facts))).toMatchObject({
      row: { ratings: { product: 1 } },
      place: { atMs: at('2026-01-20') },
    });
  });
});
