import type { AppealedFact, DecidedFact, ReviewFact } from './review-facts.ts';
import { FACTS_PER_REVIEW_LIMIT, submissionOf } from './review-facts.ts';
import type { ReviewRecord } from './review-record.ts';
import { openAppeal, standingDecision } from './review-standing.ts';

export type ReviewDecision<Fact> =
  | { kind: 'accepted'; fact: Fact; facts: ReviewFact[] }
  /** It was decided so before, by the same person for the same reason. */
  | { kind: 'same' }
  | {
      kind: 'refused';
      code:
        | 'unknown_review'
        | 'already_decided'
        | 'same_person'
        | 'not_rejected'
        | 'already_appealed'
        | 'too_many_facts';
      detail: string;
    };

const refused = (code: Extract<ReviewDecision<never>, { kind: 'refused' }>['code'], detail: string) =>
  ({ kind: 'refused', code, detail }) as const;

/**
 * What becomes of a verdict of the desk. In order of precedence: there has to be such a review; the same verdict again changes
 * nothing; whoever rejected it does not decide on the appeal; a rejection is lifted on appeal alone.
 */
export function decideReview(
  { reviewId, facts }: ReviewRecord,
  command: { verdict: 'publish' | 'reject'; reason: string; by: string; nowMs: number },
): ReviewDecision<DecidedFact> {
  const { verdict, reason, by, nowMs } = command;
  const submission = submissionOf(facts);
  if (submission === undefined) return refused('unknown_review', 'There is no such review.');
  const before = standingDecision(facts, submission);
  const appeal = openAppeal(facts);
  if (appeal === undefined && before?.data.verdict === verdict) {
    if (before.data.by === by && before.data.reason === reason) return { kind: 'same' };
    return refused('already_decided', `It was decided to ${verdict} it, for ${before.data.reason}.`);
  }
  if (appeal === undefined && before?.data.verdict === 'reject') {
    return refused('already_decided', 'It is rejected; a successful appeal lifts that.');
  }
  if (appeal !== undefined && before?.data.by === by) {
    return refused('same_person', 'Whoever decided first does not decide on the appeal.');
  }
  return added(facts, {
    kind: 'decided',
    eventId: `decision:${reviewId}:${facts.length}`,
    hash: `${verdict} ${by}`,
    atMs: afterAll(facts, nowMs),
    data: { verdict, reason, by },
  });
}

/** What becomes of an author's wish for another look: a rejection may be appealed once. */
export function decideAppeal({ reviewId, facts, standing }: ReviewRecord, nowMs: number): ReviewDecision<AppealedFact> {
  if (submissionOf(facts) === undefined) return refused('unknown_review', 'There is no such review.');
  if (openAppeal(facts) !== undefined) return { kind: 'same' };
  if (facts.some(({ kind }) => kind === 'appealed')) {
    return refused('already_appealed', 'The appeal has been decided.');
  }
  if (standing?.state !== 'rejected') return refused('not_rejected', 'Only a rejected review can be appealed.');
  return added(facts, {
    kind: 'appealed',
    eventId: `appeal:${reviewId}:${facts.length}`,
    hash: 'appeal',
    atMs: afterAll(facts, nowMs),
    data: {},
  });
}

/**
 * What is decided or asked for now comes after all that is known, however far ahead some of it is dated, and never at the same
 * instant: facts of one instant are ordered by their ids, and an appeal is not to come before what it is against.
 */
function afterAll(facts: readonly ReviewFact[], nowMs: number): number {
  return Math.max(nowMs, ...facts.map(({ atMs }) => atMs + 1));
}

function added<Fact extends ReviewFact>(facts: readonly ReviewFact[], fact: Fact): ReviewDecision<Fact> {
  if (facts.length >= FACTS_PER_REVIEW_LIMIT) {
    return refused('too_many_facts', `A review has at most ${FACTS_PER_REVIEW_LIMIT} facts.`);
  }
  return { kind: 'accepted', fact, facts: [...facts, fact] };
}
