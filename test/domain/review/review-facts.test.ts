import { describe, expect, it } from 'vitest';
import { addReviewFact, FACTS_PER_REVIEW_LIMIT, submissionOf } from '../../../shared/domain/review/review-facts.ts';
import { removed, submitted } from '../../support/review-facts.ts';

const first = submitted('2026-01-10');
const edit = submitted('2026-01-20', { stars: 1 });
const full = Array.from({ length: FACTS_PER_REVIEW_LIMIT }, (_, n) =>
  submitted(`2026-01-10T00:00:${String(n).padStart(2, '0')}Z`),
);

describe('a fact of a review', () => {
  it.each([
    { what: 'is new', known: [first], fact: edit, outcome: 'added' },
    { what: 'is known', known: [first], fact: first, outcome: 'duplicate' },
    { what: 'has the id of another', known: [first], fact: { ...edit, eventId: first.eventId }, outcome: 'id_reused' },
    {
      what: 'makes it another member',
      known: [first],
      fact: submitted('2026-01-20', { memberId: 'bob' }),
      outcome: 'review_of_another',
    },
    {
      what: 'makes it another product',
      known: [first],
      fact: submitted('2026-01-20', { productId: 'rug' }),
      outcome: 'review_of_another',
    },
    { what: 'is one too many', known: full, fact: edit, outcome: 'too_many_facts' },
    { what: 'comes before the submission', known: [removed('2026-01-15')], fact: first, outcome: 'added' },
  ])('that $what: $outcome', ({ known, fact, outcome }) => {
    const added = addReviewFact(known, fact);
    expect(added.kind === 'refused' ? added.code : added.kind).toBe(outcome);
  });

  it('has its place by time and id, whenever it comes', () => {
    const twin = submitted('2026-01-10', { id: 'a', stars: 2 });
    const orders = [
      [first, edit, twin],
      [edit, twin, first],
      [twin, first, edit],
    ];
    const folded = orders.map((facts) =>
      facts.reduce<(typeof first)[]>((known, fact) => {
        const added = addReviewFact(known, fact);
        if (added.kind !== 'added') throw new Error(added.kind);
        return added.facts as (typeof first)[];
      }, []),
    );
    expect(folded[1]).toEqual(folded[0]);
    expect(folded[2]).toEqual(folded[0]);
    expect(submissionOf(folded[0] ?? [])).toBe(edit);
  });
});
