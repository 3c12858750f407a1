import { describe, expect, it } from 'vitest';
import type { ReviewContext } from '../../../shared/domain/review/review-context.ts';
import type { ReviewFact } from '../../../shared/domain/review/review-facts.ts';
import { submissionOf } from '../../../shared/domain/review/review-facts.ts';
import { openAppeal, standingOf, verdictOn } from '../../../shared/domain/review/review-standing.ts';
import { appealed, contextWith, decided, removed, reviewOf, submitted } from '../../support/review-facts.ts';

const first = submitted('2026-01-10');
const edit = submitted('2026-01-20', { stars: 1 });
const held = { score: 0.5, verdict: 'hold' as const, reasons: [{ code: 'close_copy', contribution: 3 }] };
const turnedAway = { score: 0.99, verdict: 'reject' as const, reasons: [{ code: 'close_copy', contribution: 9 }] };

type Row = {
  what: string;
  facts: ReviewFact[];
  context?: Partial<ReviewContext>;
  state: string;
  by: string;
  since: string;
  reason: string;
};

/** In order of precedence: each row has all that speaks for the rows below it, too. */
const everything: Partial<ReviewContext> = {
  productKnown: false,
  tooMany: true,
  banned: true,
  assessment: held,
  replacedAtMs: Date.parse('2026-02-01'),
};
const rejectedByDesk = [first, decided('2026-01-12', 'reject', { reason: 'fake_review' })];

describe('a review stands', () => {
  it.each<Row>([
    {
      what: 'removed by its author, whatever else there is to say',
      facts: [...rejectedByDesk, removed('2026-01-13')],
      context: everything,
      state: 'removed',
      by: 'policy',
      since: '2026-01-13',
      reason: 'removed_by_member',
    },
    {
      what: 'removed by the desk',
      facts: [first, removed('2026-01-13', 'desk')],
      state: 'removed',
      by: 'desk',
      since: '2026-01-13',
      reason: 'removed_by_desk',
    },
    {
      what: 'waiting while nobody has heard of the product',
      facts: rejectedByDesk,
      context: everything,
      state: 'waiting',
      by: 'policy',
      since: '2026-01-10',
      reason: 'unknown_product',
    },
    {
      what: 'held where its author has more than anybody can have',
      facts: rejectedByDesk,
      context: { ...everything, productKnown: true },
      state: 'held',
      by: 'policy',
      since: '2026-01-10',
      reason: 'too_many_reviews',
    },
    {
      what: 'rejected where it was written during a ban, also where the desk would have it',
      facts: [first, decided('2026-01-12', 'publish')],
      context: { banned: true, assessment: held },
      state: 'rejected',
      by: 'policy',
      since: '2026-01-10',
      reason: 'review_ban',
    },
    {
      what: 'rejected by the desk, also where it was replaced',
      facts: rejectedByDesk,
      context: { assessment: held, replacedAtMs: 1 },
      state: 'rejected',
      by: 'desk',
      since: '2026-01-12',
      reason: 'fake_review',
    },
    {
      what: 'held by the assessment, also where it was replaced',
      facts: [first],
      context: { assessment: held, replacedAtMs: 1 },
      state: 'held',
      by: 'assessment',
      since: '2026-01-10',
      reason: 'close_copy',
    },
    {
      what: 'rejected by the assessment',
      facts: [first],
      context: { assessment: turnedAway },
      state: 'rejected',
      by: 'assessment',
      since: '2026-01-10',
      reason: 'close_copy',
    },
    {
      what: 'replaced by a later one',
      facts: [first],
      context: { replacedAtMs: Date.parse('2026-02-01') },
      state: 'replaced',
      by: 'policy',
      since: '2026-02-01',
      reason: 'replaced_by_later',
    },
    {
      what: 'replaced, also where the desk had published it',
      facts: [first, decided('2026-01-12', 'publish')],
      context: { replacedAtMs: Date.parse('2026-02-01') },
      state: 'replaced',
      by: 'policy',
      since: '2026-02-01',
      reason: 'replaced_by_later',
    },
    {
      what: 'published by the desk against the assessment',
      facts: [first, decided('2026-01-12', 'publish', { reason: 'genuine' })],
      context: { assessment: turnedAway },
      state: 'published',
      by: 'desk',
      since: '2026-01-12',
      reason: 'genuine',
    },
    {
      what: 'published where nothing speaks against it',
      facts: [first],
      state: 'published',
      by: 'assessment',
      since: '2026-01-10',
      reason: 'base',
    },
    {
      what: 'published again where it was edited after it had been removed',
      facts: [first, removed('2026-01-13'), edit],
      state: 'published',
      by: 'assessment',
      since: '2026-01-20',
      reason: 'base',
    },
    {
      what: 'held where it was edited after the desk had published it',
      facts: [first, decided('2026-01-12', 'publish'), edit],
      context: { assessment: held },
      state: 'held',
      by: 'assessment',
      since: '2026-01-20',
      reason: 'close_copy',
    },
    {
      what: 'rejected whatever is edited after the desk had rejected it',
      facts: [...rejectedByDesk, edit],
      state: 'rejected',
      by: 'desk',
      since: '2026-01-12',
      reason: 'fake_review',
    },
    {
      what: 'rejected while an appeal is open',
      facts: [...rejectedByDesk, appealed('2026-01-14')],
      state: 'rejected',
      by: 'desk',
      since: '2026-01-12',
      reason: 'fake_review',
    },
    {
      what: 'published after a successful appeal',
      facts: [...rejectedByDesk, appealed('2026-01-14'), decided('2026-01-15', 'publish', { by: 'dora' })],
      state: 'published',
      by: 'desk',
      since: '2026-01-15',
      reason: 'looked_at',
    },
  ])('$what', ({ facts, context, state, by, since, reason }) => {
    const record = reviewOf(...facts);
    const submission = submissionOf(record.facts);
    if (submission === undefined) throw new Error('nothing was submitted');
    const found = verdictOn(record.facts, submission, contextWith(context));
    expect({ ...found, reasons: found.reasons.map(({ code }) => code) }).toEqual({
      state,
      by,
      sinceMs: Date.parse(since),
      reasons: [reason],
    });
  });

  it('nowhere before anybody has submitted it', () => {
    expect(standingOf(reviewOf(removed('2026-01-13')), contextWith())).toBeUndefined();
  });
});

describe('what is kept of where it stands', () => {
  const context = contextWith({ weight: { thousandths: 700, parts: [{ code: 'credit', factor: 0.7 }] } });

  it('has a weight where it counts, and none elsewhere', () => {
    expect(standingOf(reviewOf(first), context)).toMatchObject({ state: 'published', weight: 700 });
    expect(standingOf(reviewOf(...rejectedByDesk), context)).toMatchObject({
      state: 'rejected',
      weight: 0,
      weightParts: [{ code: 'credit', factor: 0.7 }],
    });
  });

  it('counts its changes, and names the fact that brought the last one', () => {
    const published = standingOf(reviewOf(first), context);
    expect(published).toMatchObject({ changes: 1, cause: { eventId: first.eventId, type: 'review.submitted.v1' } });
    const same = standingOf(
      { ...reviewOf(first), standing: published },
      { ...context, votes: { helpful: 3, unhelpful: 0 } },
    );
    expect(same).toMatchObject({ changes: 1, helpful: 3 });
    const rejected = standingOf({ ...reviewOf(...rejectedByDesk), standing: published }, context);
    expect(rejected).toMatchObject({
      changes: 2,
      cause: { eventId: 'decided:2026-01-12', type: 'review.decision', subject: 'rev-1' },
    });
  });

  it('says whether the points of the product go by it', () => {
    expect(standingOf(reviewOf(first), context)?.rewarded).toBe(true);
    expect(standingOf(reviewOf(first), { ...context, replacedAtMs: 1 })?.rewarded).toBe(false);
  });
});

describe('an appeal', () => {
  it.each([
    { what: 'there is none', facts: rejectedByDesk, open: false },
    { what: 'it has not been decided', facts: [...rejectedByDesk, appealed('2026-01-14')], open: true },
    {
      what: 'it has been decided',
      facts: [...rejectedByDesk, appealed('2026-01-14'), decided('2026-01-15', 'reject')],
      open: false,
    },
  ])('is open or not: $what', ({ facts, open }) => {
    expect(openAppeal(reviewOf(...facts).facts) !== undefined).toBe(open);
  });
});
