import { describe, expect, it } from 'vitest';
import { announceCredit, announceReview, announceScore } from '../../../shared/domain/reputation/announce.ts';
import type { Scored } from '../../../shared/domain/reputation/scored.ts';
import type { ReviewContext } from '../../../shared/domain/review/review-context.ts';
import type { ReviewFact } from '../../../shared/domain/review/review-facts.ts';
import { newReview, type ReviewRecord } from '../../../shared/domain/review/review-record.ts';
import { standingOf } from '../../../shared/domain/review/review-standing.ts';
import type { ReviewerRecord } from '../../../shared/domain/review/reviewer-record.ts';
import { contextWith, decided, removed, reviewOf, submitted } from '../../support/review-facts.ts';
import { at } from '../../support/shop-story.ts';

const first = submitted('2026-01-10', { stars: 4 });

function looked(before: ReviewRecord, facts: ReviewFact[], context: Partial<ReviewContext> = {}): ReviewRecord {
  const record = { ...reviewOf(...facts), ...(before.standing && { standing: before.standing }) };
  return { ...record, standing: standingOf(record, contextWith(context)) };
}

const published = looked(newReview('rev-1'), [first]);

describe('where a review stands is told', () => {
  it('once it is known, with whose it is and why', () => {
    const [told, ...more] = announceReview(newReview('rev-1'), published);
    expect(more).toEqual([]);
    expect(told).toMatchObject({
      definition: { type: 'review.published.v1' },
      event: {
        subject: 'rev-1',
        time: '2026-01-10T00:00:00.000Z',
        data: {
          memberId: 'ann',
          productId: 'teapot',
          stars: 4,
          by: 'assessment',
          rewarded: true,
          reasons: [{ code: 'base' }],
        },
      },
    });
  });

  it.each([
    {
      what: 'held',
      context: { assessment: { score: 0.5, verdict: 'hold' as const, reasons: [] } },
      type: 'review.held.v1',
    },
    { what: 'rejected', facts: [first, decided('2026-01-12', 'reject')], type: 'review.rejected.v1' },
    { what: 'waiting', context: { productKnown: false }, type: undefined },
    { what: 'removed', facts: [first, removed('2026-01-12')], type: undefined },
    { what: 'replaced', context: { replacedAtMs: at('2026-01-12') }, type: undefined },
  ])('where it is $what: $type', ({ facts = [first], context, type }) => {
    const told = announceReview(published, looked(published, facts, context));
    expect(told.map(({ definition }) => definition.type)).toEqual(type === undefined ? [] : [type]);
  });

  it('not where no more than its votes have changed', () => {
    expect(announceReview(published, looked(published, [first], { votes: { helpful: 9, unhelpful: 0 } }))).toEqual([]);
  });

  it('under an id of its own for each change, the same for the same, and greater for a later one', () => {
    const rejected = looked(published, [first, decided('2026-01-10', 'reject')]);
    const idOf = (before: ReviewRecord, after: ReviewRecord) => announceReview(before, after)[0]?.event.id ?? '';
    expect(idOf(newReview('rev-1'), published)).toBe(idOf(newReview('rev-1'), published));
    expect(idOf(published, rejected) > idOf(newReview('rev-1'), published)).toBe(true);
  });
});

describe('the credit of a reviewer', () => {
  const rows = [
    { reviewId: 'rev-1', atMs: at('2026-01-10'), rejectedAtMs: at('2026-01-12') },
  ] as ReviewerRecord['rows'];
  const standing = (level: string, credit: number) => ({ level, credit, weight: 1, policyStamp: '1' });
  const before: ReviewerRecord = { memberId: 'ann', version: 3, rows, standing: standing('regular', 30) };

  it('is told where it comes to another level', () => {
    const cause = { eventId: 'decision:rev-1:1', type: 'review.decision', subject: 'rev-1' };
    const [told] = announceCredit(before, { ...before, version: 4, standing: standing('doubtful', 10), cause });
    expect(told).toMatchObject({
      definition: { type: 'reputation.changed.v1' },
      event: {
        subject: 'ann',
        time: '2026-01-12T00:00:00.000Z',
        data: { kind: 'reviewer', from: { score: 30, level: 'regular' }, to: { score: 10, level: 'doubtful' }, cause },
      },
    });
  });

  it.each([
    { what: 'the level is the same', from: before, to: { ...before, standing: standing('regular', 28) } },
    { what: 'it is the first', from: undefined, to: before },
  ])('is not told where $what', ({ from, to }) => {
    expect(announceCredit(from, to)).toEqual([]);
  });
});

describe('a score', () => {
  const scored: Scored = {
    target: 'BRAND#hearth#one',
    version: 2,
    score: 85,
    level: 'good',
    atMs: at('2026-02-01'),
    cause: { eventId: 'e1', type: 'complaint.decided.v1', subject: 'cmp-1' },
    formulaVersion: '1',
    policyStamp: '1',
    from: { score: 98, level: 'excellent' },
  };

  it.each([
    {
      target: 'BRAND#hearth#one',
      data: { kind: 'brand', id: 'hearth#one', from: scored.from, to: { score: 85, level: 'good' } },
    },
    { target: 'SUPPLIER#sup-1', data: { kind: 'supplier', id: 'sup-1' } },
    { target: 'PRODUCT#pot', data: { productId: 'pot', from: 'excellent', to: 'good', score: 85 } },
  ])('of $target is told with what brought it about', ({ target, data }) => {
    const [told] = announceScore({ ...scored, target });
    expect(told?.event.data).toMatchObject({ ...data, cause: scored.cause });
  });

  it('of a product that had none before comes from none', () => {
    const [told] = announceScore({ ...scored, target: 'PRODUCT#pot', from: undefined });
    expect(told?.event.data).toMatchObject({ from: 'none', to: 'good' });
  });
});
