import { createHash } from 'node:crypto';
import type { EventDefinition } from '../../../events/define-event.ts';
import type { CloudEvent } from '../../../events/envelope.ts';
import { gradeChanged } from '../../../events/reputation/grade-changed.v1.ts';
import { reputationChanged } from '../../../events/reputation/reputation-changed.v1.ts';
import { reviewHeld } from '../../../events/reputation/review-held.v1.ts';
import { reviewPublished } from '../../../events/reputation/review-published.v1.ts';
import { reviewRejected } from '../../../events/reputation/review-rejected.v1.ts';
import { submissionOf } from '../review/review-facts.ts';
import type { ReviewRecord, ReviewState } from '../review/review-record.ts';
import type { ReviewerRecord } from '../review/reviewer-record.ts';
import { CREDIT_FORMULA } from './credit.ts';
import type { Scored } from './scored.ts';
import { NO_GRADE } from './standing-of-target.ts';

export type Announcement = { definition: EventDefinition; event: CloudEvent };

const OUTCOMES: Partial<Record<ReviewState, EventDefinition>> = {
  published: reviewPublished as EventDefinition,
  held: reviewHeld as EventDefinition,
  rejected: reviewRejected as EventDefinition,
};

/** Reasons told with an outcome: the strongest. */
const REASONS_TOLD = 5;

/** That a review is shown, waits for the desk, or is not shown; told once for each change, under an id that says which. */
export function announceReview(before: ReviewRecord, after: ReviewRecord): Announcement[] {
  const { reviewId, facts, standing } = after;
  const submission = submissionOf(facts);
  if (standing === undefined || submission === undefined) return [];
  if (before.standing?.changes === standing.changes) return [];
  const definition = OUTCOMES[standing.state];
  if (definition === undefined) return [];
  const { memberId, productId, ratings } = submission.data;
  const at = new Date(standing.sinceMs).toISOString();
  const data = {
    reviewId,
    memberId,
    productId,
    stars: ratings.product,
    at,
    by: standing.by,
    reasons: standing.reasons.slice(0, REASONS_TOLD).map(({ code, contribution }) => ({
      code,
      ...(contribution !== undefined && { contribution }),
    })),
    rewarded: standing.rewarded,
    // Told where there is one, and once it is lifted.
    ...((before.standing?.penalty ?? standing.penalty) !== undefined && { penalty: standing.penalty ?? 0 }),
    cause: standing.cause,
    policyVersion: standing.policyStamp,
  };
  // Of two that are dated alike, the id of the later one is the greater.
  const id = `${announcementId('review', reviewId, 0)}:${String(standing.changes).padStart(6, '0')}`;
  return [announce(definition, { id, time: at, subject: reviewId, data })];
}

/** That a reviewer is on another level, or has been forbidden to review. */
export function announceCredit(before: ReviewerRecord | undefined, after: ReviewerRecord): Announcement[] {
  const { memberId, rows, standing, version } = after;
  const was = before?.standing;
  if (standing === undefined || was === undefined || was.level === standing.level) return [];
  const at = new Date(
    Math.max(...rows.map(({ atMs, rejectedAtMs }) => Math.max(atMs, rejectedAtMs ?? 0))),
  ).toISOString();
  const data = {
    kind: 'reviewer',
    id: memberId,
    from: { score: was.credit, level: was.level },
    to: { score: standing.credit, level: standing.level },
    at,
    cause: after.cause ?? { eventId: memberId, type: 'unknown', subject: memberId },
    formulaVersion: CREDIT_FORMULA.version,
    policyVersion: standing.policyStamp,
  };
  return [
    announce(reputationChanged as EventDefinition, {
      id: announcementId('credit', memberId, version),
      time: at,
      subject: memberId,
      data,
    }),
  ];
}

/** That a product has another grade, or a brand or supplier another score. */
export function announceScore(scored: Scored): Announcement[] {
  const { target, version, score, level, from, cause, formulaVersion, policyStamp: policyVersion } = scored;
  const [kind = '', ...rest] = target.split('#');
  const id = rest.join('#');
  const at = new Date(scored.atMs).toISOString();
  const parts = { id: announcementId('score', target, version), time: at, subject: id };
  const about = { at, cause, formulaVersion, policyVersion };
  if (kind === 'PRODUCT') {
    const data = { productId: id, from: from?.level ?? NO_GRADE, to: level, score, ...about };
    return [announce(gradeChanged as EventDefinition, { ...parts, data })];
  }
  const data = { kind: kind.toLowerCase(), id, ...(from && { from }), to: { score, level }, ...about };
  return [announce(reputationChanged as EventDefinition, { ...parts, data })];
}

function announce(
  definition: EventDefinition,
  parts: { id: string; time: string; subject: string; data: unknown },
): Announcement {
  return { definition, event: definition.build({ source: definition.busSource, ...parts }) };
}

/** The same change always has the same id, so one that is announced twice is recognised as one. */
function announcementId(kind: string, subject: string, number: number): string {
  return `${kind}:${createHash('sha256').update(`${subject} ${number}`).digest('hex').slice(0, 32)}`;
}
