import { brandOf, type ReviewContext } from './review-context.ts';
import type { DecidedFact, ReviewFact, SubmittedFact } from './review-facts.ts';
import { submissionOf } from './review-facts.ts';
import type { ReviewRecord, ReviewState, Standing, StandingReason } from './review-record.ts';

export type Verdict = Pick<Standing, 'state' | 'sinceMs' | 'by' | 'reasons'>;

/**
 * Where a review stands by the facts known and by what surrounds it. In order of precedence: taken away; of a product that nobody
 * has heard of; written during a ban; decided at the desk; what the assessment of its own says; replaced by a later one.
 */
export function verdictOn(facts: readonly ReviewFact[], submission: SubmittedFact, context: ReviewContext): Verdict {
  const removed = facts.findLast((it) => it.kind === 'removed');
  if (removed !== undefined && removed.atMs >= submission.atMs) {
    return verdict('removed', removed.atMs, removed.data.by === 'desk' ? 'desk' : 'policy', [
      { code: `removed_by_${removed.data.by}` },
    ]);
  }
  if (!context.productKnown) return verdict('waiting', submission.atMs, 'policy', [{ code: 'unknown_product' }]);
  if (context.tooMany) return verdict('held', submission.atMs, 'policy', [{ code: 'too_many_reviews' }]);
  if (context.banned) return verdict('rejected', submission.atMs, 'policy', [{ code: 'review_ban' }]);
  const decided = standingDecision(facts, submission);
  if (decided?.data.verdict === 'reject') {
    return verdict('rejected', decided.atMs, 'desk', [{ code: decided.data.reason }]);
  }
  const { assessment } = context;
  if (decided === undefined && assessment.verdict !== 'publish') {
    const state = assessment.verdict === 'hold' ? 'held' : 'rejected';
    return verdict(state, submission.atMs, 'assessment', assessment.reasons);
  }
  if (context.replacedAtMs !== undefined) {
    return verdict('replaced', context.replacedAtMs, 'policy', [{ code: 'replaced_by_later' }]);
  }
  return decided === undefined
    ? verdict('published', submission.atMs, 'assessment', assessment.reasons)
    : verdict('published', decided.atMs, 'desk', [{ code: decided.data.reason }]);
}

/**
 * Since when a review is rejected by assessment or desk, also where its author has taken it away since: that undoes no offence. A
 * ban has no say in it, neither as an offence nor against one: bans follow from offences, and must not lead back to them.
 */
export function rejectedSince(
  facts: readonly ReviewFact[],
  submission: SubmittedFact,
  context: ReviewContext,
): number | undefined {
  const kept = facts.filter(({ kind }) => kind !== 'removed');
  const { state, by, sinceMs } = verdictOn(kept, submission, { ...context, banned: false });
  return state === 'rejected' && by !== 'policy' ? sinceMs : undefined;
}

/**
 * The decision of the desk that stands: the latest. That a review may be shown lapses with an edit, which has to be looked at
 * anew; a rejection stays until an appeal succeeds.
 */
export function standingDecision(facts: readonly ReviewFact[], submission: SubmittedFact): DecidedFact | undefined {
  const decided = facts.findLast((it): it is DecidedFact => it.kind === 'decided');
  if (decided?.data.verdict === 'publish' && decided.atMs < submission.atMs) return undefined;
  return decided;
}

/** An appeal that nobody has decided on yet. */
export function openAppeal(facts: readonly ReviewFact[]): ReviewFact | undefined {
  const last = facts.findLast((it) => it.kind === 'appealed' || it.kind === 'decided');
  return last?.kind === 'appealed' ? last : undefined;
}

function verdict(state: ReviewState, sinceMs: number, by: Standing['by'], reasons: readonly StandingReason[]): Verdict {
  return { state, sinceMs, by, reasons };
}

/** Where a review stands now, with all that it rests on; undefined while nobody has submitted it. */
export function standingOf(
  { reviewId, facts, standing: before }: ReviewRecord,
  context: ReviewContext,
): Standing | undefined {
  const submission = submissionOf(facts);
  if (submission === undefined) return undefined;
  const found = verdictOn(facts, submission, context);
  const rewarded = context.replacedAtMs === undefined;
  const { penalty } = context;
  const changed = before?.state !== found.state || before.rewarded !== rewarded || (before.penalty ?? 0) !== penalty;
  const counts = found.state === 'published';
  return {
    submission: submission.eventId,
    ...found,
    suspicion: context.assessment.score,
    verified: context.purchase.code === 'verified',
    purchase: context.purchase.code,
    ...brandOf(context),
    weight: counts ? context.weight.thousandths : 0,
    weightParts: context.weight.parts,
    helpful: context.votes.helpful,
    unhelpful: context.votes.unhelpful,
    incentivised: context.incentivised,
    rewarded,
    ...(penalty > 0 && { penalty }),
    changes: (before?.changes ?? 0) + (changed ? 1 : 0),
    cause: changed ? causeOf(reviewId, facts, submission) : (before?.cause ?? causeOf(reviewId, facts, submission)),
    policyStamp: context.policyStamp,
  };
}

/** What brought a review where it stands: the latest fact there is of it. */
function causeOf(reviewId: string, facts: readonly ReviewFact[], submission: SubmittedFact): Standing['cause'] {
  const { kind, eventId } = facts.at(-1) ?? submission;
  return { eventId, type: CAUSE_TYPES[kind], subject: reviewId };
}

const CAUSE_TYPES: Record<ReviewFact['kind'], string> = {
  submitted: 'review.submitted.v1',
  removed: 'review.removed.v1',
  decided: 'review.decision',
  appealed: 'review.appeal',
};
