import { expect, it } from 'vitest';
import { decideVote } from '../../../shared/domain/review/decide-vote.ts';
import { standingOf } from '../../../shared/domain/review/review-standing.ts';
import { contextWith, reviewOf, submitted } from '../../support/review-facts.ts';

const record = reviewOf(submitted('2026-01-10'));
const review = { ...record, standing: standingOf(record, contextWith({ product: { brandId: 'hearth' } })) };

it.each([
  { what: 'on a review of the voter', voter: 'ann', known: { review }, outcome: 'own_review' },
  { what: "by the brand's own staff", voter: 'bob', known: { review, staffOf: 'hearth' }, outcome: 'brand_staff' },
  {
    what: "on one's own, by the brand's staff",
    voter: 'ann',
    known: { review, staffOf: 'hearth' },
    outcome: 'own_review',
  },
  { what: 'by staff of another brand', voter: 'bob', known: { review, staffOf: 'kiln' }, outcome: 'accepted' },
  { what: 'by anybody else', voter: 'bob', known: { review }, outcome: 'accepted' },
  { what: 'on a review that is not known yet', voter: 'ann', known: { staffOf: 'hearth' }, outcome: 'accepted' },
  {
    what: 'on a review of which it is not known whose the product is',
    voter: 'bob',
    known: { review: record, staffOf: 'hearth' },
    outcome: 'accepted',
  },
])('a vote $what: $outcome', ({ voter, known, outcome }) => {
  const decision = decideVote(voter, known);
  expect(decision.kind === 'refused' ? decision.code : decision.kind).toBe(outcome);
});
