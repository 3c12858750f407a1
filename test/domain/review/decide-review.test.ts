import { describe, expect, it } from 'vitest';
import { decideAppeal, decideReview } from '../../../shared/domain/review/decide-review.ts';
import { addReviewFact, FACTS_PER_REVIEW_LIMIT, type ReviewFact } from '../../../shared/domain/review/review-facts.ts';
import type { ReviewRecord, ReviewState } from '../../../shared/domain/review/review-record.ts';
import { openAppeal, standingOf, verdictOn } from '../../../shared/domain/review/review-standing.ts';
import { appealed, contextWith, decided, removed, reviewOf, submitted } from '../../support/review-facts.ts';
import { at } from '../../support/shop-story.ts';

const first = submitted('2026-01-10');
const rejected = [first, decided('2026-01-12', 'reject', { by: 'carl', reason: 'fake_review' })];
const underAppeal = [...rejected, appealed('2026-01-14')];
const confirmed = [...underAppeal, decided('2026-01-15', 'reject', { by: 'dora', reason: 'fake_review' })];
const full = [
  first,
  ...Array.from({ length: FACTS_PER_REVIEW_LIMIT - 1 }, (_, n) =>
    submitted(`2026-01-11T00:00:${String(n).padStart(2, '0')}Z`),
  ),
];
const command = { verdict: 'reject' as const, reason: 'fake_review', by: 'carl', nowMs: at('2026-02-01') };

describe('a verdict of the desk', () => {
  it.each([
    { what: 'nobody has submitted the review', facts: [removed('2026-01-01')], command, outcome: 'unknown_review' },
    { what: 'it is the same again', facts: rejected, command, outcome: 'same' },
    {
      what: 'it is the same for another reason',
      facts: rejected,
      command: { ...command, reason: 'spam' },
      outcome: 'already_decided',
    },
    { what: 'another said the same', facts: rejected, command: { ...command, by: 'dora' }, outcome: 'already_decided' },
    {
      what: 'it lifts a rejection that nobody has appealed',
      facts: rejected,
      command: { ...command, verdict: 'publish' as const, by: 'dora' },
      outcome: 'already_decided',
    },
    {
      what: 'who rejected decides on the appeal',
      facts: underAppeal,
      command: { ...command, verdict: 'publish' as const },
      outcome: 'same_person',
    },
    { what: 'who rejected confirms it on appeal', facts: underAppeal, command, outcome: 'same_person' },
    {
      what: 'the appeal has been decided',
      facts: confirmed,
      command: { ...command, verdict: 'publish' as const, by: 'eve' },
      outcome: 'already_decided',
    },
    { what: 'there are too many facts', facts: full, command, outcome: 'too_many_facts' },
    { what: 'nothing was decided before', facts: [first], command, outcome: 'accepted' },
    {
      what: 'another published it before',
      facts: [first, decided('2026-01-12', 'publish', { by: 'dora' })],
      command,
      outcome: 'accepted',
    },
    {
      what: 'another person decides on the appeal',
      facts: underAppeal,
      command: { ...command, by: 'dora' },
      outcome: 'accepted',
    },
    {
      what: 'it has been edited since it was published',
      facts: [first, decided('2026-01-12', 'publish', { reason: 'fake_review' }), submitted('2026-01-20')],
      command: { ...command, verdict: 'publish' as const },
      outcome: 'accepted',
    },
  ])('where $what: $outcome', ({ facts, command: given, outcome }) => {
    const decision = decideReview(reviewOf(...facts), given);
    expect(decision.kind === 'refused' ? decision.code : decision.kind).toBe(outcome);
  });
});

const standing = (facts: ReviewFact[], state?: ReviewState): ReviewRecord => {
  const record = reviewOf(...facts);
  const found = standingOf(record, contextWith());
  return { ...record, standing: found && { ...found, ...(state && { state }) } };
};

describe("an author's appeal", () => {
  it.each([
    { what: 'nobody has submitted the review', record: standing([removed('2026-01-01')]), outcome: 'unknown_review' },
    { what: 'it is published', record: standing([first]), outcome: 'not_rejected' },
    { what: 'it is held', record: standing([first], 'held'), outcome: 'not_rejected' },
    { what: 'it is open already', record: standing(underAppeal), outcome: 'same' },
    { what: 'it was decided', record: standing(confirmed), outcome: 'already_appealed' },
    { what: 'there are too many facts', record: standing(full, 'rejected'), outcome: 'too_many_facts' },
    { what: 'the desk rejected it', record: standing(rejected), outcome: 'accepted' },
    { what: 'the assessment rejected it', record: standing([first], 'rejected'), outcome: 'accepted' },
  ])('where $what: $outcome', ({ record, outcome }) => {
    const decision = decideAppeal(record, at('2026-02-01'));
    expect(decision.kind === 'refused' ? decision.code : decision.kind).toBe(outcome);
  });

  it('stays open whatever is edited, also where all of it happened at one instant of the clock', () => {
    const nowMs = at('2026-01-12');
    const rejection = decideReview(reviewOf(first), { ...command, nowMs });
    if (rejection.kind !== 'accepted') throw new Error(rejection.kind);
    const appeal = decideAppeal(standing(rejection.facts), nowMs);
    if (appeal.kind !== 'accepted') throw new Error(appeal.kind);
    const edited = addReviewFact(appeal.facts, submitted('2026-01-11', { stars: 1 }));
    if (edited.kind !== 'added') throw new Error(edited.kind);
    expect(openAppeal(edited.facts)).toBeDefined();
    const second = decideReview(
      { ...reviewOf(), facts: edited.facts },
      { ...command, verdict: 'publish', by: 'dora', nowMs },
    );
    if (second.kind !== 'accepted') throw new Error(second.kind);
    const again = addReviewFact(second.facts, submitted('2026-01-11T12:00:00Z', { stars: 2 }));
    if (again.kind !== 'added') throw new Error(again.kind);
    expect(verdictOn(again.facts, submitted('2026-01-11T12:00:00Z'), contextWith())).toMatchObject({
      state: 'published',
      by: 'desk',
    });
  });
});
