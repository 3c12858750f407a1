import type { Policies } from '../../policy/policies.ts';
import { policyAt } from '../../policy/policies.ts';
import type { Policy } from '../../policy/policy.ts';
import { copySignals, isCopy } from '../moderation/copy-signals.ts';
import type { ListedReview } from '../moderation/signals.ts';
import { type Counts, canonical } from '../reputation/counts.ts';
import { type CreditEntry, creditOf } from '../reputation/credit.ts';
import { reviewWeight } from '../reputation/rating.ts';
import { reviewCounts } from '../reputation/review-counts.ts';
import { anonymisedStanding } from './anonymise-review.ts';
import { judgeReview, othersOf } from './judge-review.ts';
import { type Purchase, purchaseOf } from './purchase.ts';
import { brandOf, type ReviewContext } from './review-context.ts';
import { type SubmittedFact, submissionOf } from './review-facts.ts';
import type { ReviewRecord, ReviewState, Standing } from './review-record.ts';
import { rejectedSince, standingOf, verdictOn } from './review-standing.ts';
import type { ReviewSurroundings, Votes } from './review-surroundings.ts';
import {
  REVIEWS_PER_MEMBER_LIMIT,
  type ReviewerRecord,
  type ReviewerRow,
  type ReviewerStanding,
  reviewsOfProduct,
  withRow,
} from './reviewer-record.ts';
import { othersIn } from './text-band.ts';

export type RefreshedReview = {
  record: ReviewRecord;
  reviewer: ReviewerRecord;
  /** What the review calls for in the counters now, as canonical text. */
  due: string;
  changed: boolean;
  reviewerChanged: boolean;
  /** Other reviews of the member that this one bears on. */
  touched: string[];
};

/** What looking at one review anew takes: its record, what surrounds it, and the policies. */
export type RefreshInput = { record: ReviewRecord; surroundings: ReviewSurroundings; policies: Policies };

/** A review as a row of its product's window. */
export function windowRowOf(
  record: ReviewRecord,
  surroundings: ReviewSurroundings,
  policy: Policy,
): ListedReview | undefined {
  const submission = submissionOf(record.facts);
  if (submission === undefined) return undefined;
  const { atMs, data } = submission;
  const ageDays = accountAgeDays(surroundings, atMs);
  const others = othersOf({ productId: data.productId, atMs }, surroundings.reviewer.rows, policy);
  return {
    reviewId: record.reviewId,
    memberId: data.memberId,
    atMs,
    stars: data.ratings.product,
    verified: purchaseFor(submission, surroundings).code === 'verified',
    length: data.text?.length ?? 0,
    incentivised: isIncentivised(submission, policy),
    hasMedia: (data.mediaCount ?? 0) > 0,
    ...(ageDays !== undefined && { accountAgeDays: ageDays }),
    ...(others.length > 0 && { others }),
    ...(isCopied(record.reviewId, submission, surroundings, policy) && { copied: true }),
  };
}

/** Whether its words are taken from another review. */
function isCopied(
  reviewId: string,
  { atMs, data }: SubmittedFact,
  { bands }: ReviewSurroundings,
  policy: Policy,
): boolean {
  const { memberId, productId, text } = data;
  const judged = { reviewId, memberId, productId, atMs, fingerprint: text?.fingerprint };
  return isCopy(copySignals(judged, othersIn(bands, reviewId), policy));
}

const DAY_MS = 86_400_000;

function accountAgeDays({ knownSinceMs }: ReviewSurroundings, atMs: number): number | undefined {
  return knownSinceMs === undefined ? undefined : Math.max(0, Math.floor((atMs - knownSinceMs) / DAY_MS));
}

/** By construction: wherever the policy gives points for reviews, every author of one is paid for it. */
function isIncentivised({ data }: SubmittedFact, { points }: Policy): boolean {
  return data.incentivised === true || points.review > 0;
}

function purchaseFor({ atMs, data }: SubmittedFact, { orders }: ReviewSurroundings): Purchase {
  const { memberId, productId, orderId } = data;
  return purchaseOf(orders, { memberId, productId, orderId, atMs });
}

/**
 * Looks at a review anew: where it stands, what it weighs and counts for, and what it says of its author. The same facts and
 * surroundings give the same, whenever it is done. Undefined for a review that nobody has submitted yet.
 */
export function refreshReview({ record, surroundings, policies }: RefreshInput): RefreshedReview | undefined {
  const submission = submissionOf(record.facts);
  if (submission === undefined) return undefined;
  if (record.anonymisedAtMs !== undefined) return refreshAnonymised(record, submission, surroundings.reviewer);
  const policy = policyAt(policies, submission.atMs);
  const { reviewer } = surroundings;
  const others = reviewer.rows.filter(({ reviewId }) => reviewId !== record.reviewId);
  const purchase = purchaseFor(submission, surroundings);
  const isNew = others.length === reviewer.rows.length;
  const { brandId } = brandOf({ purchase, product: surroundings.product });
  const votes = votesOf(surroundings, brandId);
  const draft = rowOf(record, submission, purchase, { brandId, votes });
  const rows = withRow(others, { ...draft, state: 'waiting' });
  const sameProduct = reviewsOfProduct(rows, submission.data.productId);
  const place = sameProduct.findIndex(({ reviewId }) => reviewId === record.reviewId);
  const incentivised = isIncentivised(submission, policy);
  const context: Omit<ReviewContext, 'weight' | 'penalty'> = {
    productKnown: surroundings.product !== undefined || purchase.ordered,
    product: surroundings.product,
    purchase,
    assessment: judgeReview(
      record.reviewId,
      submission,
      {
        surroundings,
        entries: others,
        brandId: draft.brandId,
        verified: draft.verified,
        incentivised,
        accountAgeDays: accountAgeDays(surroundings, submission.atMs),
      },
      policy,
    ),
    banned: isBanned(others, submission.atMs, policy),
    tooMany: isNew && others.length >= REVIEWS_PER_MEMBER_LIMIT,
    replacedAtMs: sameProduct[place + 1]?.atMs,
    incentivised,
    votes,
    policyStamp: policy.stamp,
  };
  const unweighed: ReviewContext = { ...context, weight: NO_WEIGHT, penalty: 0 };
  const { state } = verdictOn(record.facts, submission, unweighed);
  const row = withState(draft, state, rejectedSince(record.facts, submission, unweighed));
  const nextRows = context.tooMany ? [...others] : withRow(others, row);
  const reviewerStanding = standingOfReviewer(nextRows, surroundings.knownSinceMs, policies);
  const weight = reviewWeight(
    {
      creditWeight: reviewerStanding.weight,
      verified: purchase.code === 'verified',
      helpful: votes.helpful,
      unhelpful: votes.unhelpful,
      incentivised,
      length: draft.length,
      mediaCount: draft.mediaCount,
    },
    policy.reputation,
  );
  const penalty = reviewerStanding.penalties?.[record.reviewId] ?? 0;
  const standing = standingOf(record, { ...context, weight, penalty });
  const next: ReviewRecord = { ...record, standing };
  const moved = reviewer.standing?.level !== reviewerStanding.level;
  const cause = moved ? standing?.cause : reviewer.cause;
  const nextReviewer: ReviewerRecord = {
    ...reviewer,
    rows: nextRows,
    standing: reviewerStanding,
    ...(cause && { cause }),
  };
  return {
    record: next,
    reviewer: nextReviewer,
    due: canonical(dueOf(submission, standing)),
    changed: JSON.stringify(record.standing) !== JSON.stringify(standing),
    reviewerChanged: JSON.stringify(reviewer) !== JSON.stringify(nextReviewer),
    touched: touchedBy(reviewer, nextReviewer, row),
  };
}

/** A review without an author says nothing of anybody, and nothing around it bears on it any more. */
function refreshAnonymised(record: ReviewRecord, submission: SubmittedFact, reviewer: ReviewerRecord): RefreshedReview {
  const standing = anonymisedStanding(record);
  return {
    record: { ...record, standing },
    reviewer,
    due: canonical(dueOf(submission, standing)),
    changed: JSON.stringify(record.standing) !== JSON.stringify(standing),
    reviewerChanged: false,
    touched: [],
  };
}

const NO_WEIGHT = { thousandths: 0, parts: [] };

function dueOf({ atMs, data }: SubmittedFact, standing: Standing | undefined): Counts {
  if (standing?.state !== 'published') return {};
  const { productId, ratings } = data;
  const { brandId, supplierId, weight } = standing;
  return reviewCounts({ productId, brandId, supplierId, atMs, ratings, weightThousandths: weight });
}

function rowOf(
  { reviewId }: ReviewRecord,
  { atMs, data }: SubmittedFact,
  purchase: Purchase,
  { brandId, votes }: { brandId: string | undefined; votes: Votes },
): Omit<ReviewerRow, 'state'> {
  const { ratings, text, mediaCount = 0, anonymous } = data;
  const kinds = 1 + (ratings.service === undefined ? 0 : 1) + (ratings.logistics === undefined ? 0 : 1);
  return {
    reviewId,
    productId: data.productId,
    ...(brandId !== undefined && { brandId }),
    atMs,
    stars: ratings.product,
    kinds,
    length: text?.length ?? 0,
    mediaCount,
    verified: purchase.code === 'verified',
    named: anonymous !== true,
    helpful: votes.helpful,
    unhelpful: votes.unhelpful,
  };
}

/** Votes without those of the brand's own staff, which may have come before anybody knew whose the product is. */
function votesOf({ votes }: ReviewSurroundings, brandId: string | undefined): Votes {
  const { helpful, unhelpful } = votes.ofStaff[brandId ?? ''] ?? { helpful: 0, unhelpful: 0 };
  return { helpful: votes.helpful - helpful, unhelpful: votes.unhelpful - unhelpful };
}

/** A review that was turned away because of a ban counts as held, and one that was rejected keeps that whatever became of it. */
function withState(row: Omit<ReviewerRow, 'state'>, state: ReviewState, rejectedAtMs: number | undefined): ReviewerRow {
  if (rejectedAtMs !== undefined) return { ...row, state, rejectedAtMs };
  return { ...row, state: state === 'rejected' ? 'held' : state };
}

/**
 * Whether what had been rejected before then forbade the member to review at that time. What was rejected at the very instant does
 * not: of two reviews of one instant each would hang on the other.
 */
function isBanned(others: readonly ReviewerRow[], atMs: number, policy: Policy): boolean {
  const known = others.filter(({ rejectedAtMs }) => rejectedAtMs !== undefined && rejectedAtMs < atMs);
  if (known.length === 0) return false;
  const { banUntilMs } = creditOf(known.map(creditEntry), { nowMs: atMs, policy: policy.reputation });
  return banUntilMs !== undefined && banUntilMs > atMs;
}

/**
 * The credit that a member's reviews are weighed by: as of the latest thing that happened to one of them, so that it does not
 * depend on when it is worked out.
 */
function standingOfReviewer(
  rows: readonly ReviewerRow[],
  registeredAtMs: number | undefined,
  policies: Policies,
): ReviewerStanding {
  const asOfMs = Math.max(...rows.map(({ atMs, rejectedAtMs }) => Math.max(atMs, rejectedAtMs ?? 0)));
  const policy = policyAt(policies, asOfMs);
  const { credit, level, weight, banUntilMs, penalties } = creditOf(rows.map(creditEntry), {
    nowMs: asOfMs,
    policy: policy.reputation,
    registeredAtMs,
  });
  const dear = penalties.filter(({ points }) => points > 0).map(({ reviewId, points }) => [reviewId, points] as const);
  return {
    credit,
    level,
    weight,
    ...(banUntilMs !== undefined && { banUntilMs }),
    ...(dear.length > 0 && { penalties: Object.fromEntries(dear) }),
    policyStamp: policy.stamp,
  };
}

/** A member's review as the credit counts it: what was rejected stays so, also after its author has taken it away. */
export function creditEntry({ state, ...row }: ReviewerRow): CreditEntry {
  if (row.rejectedAtMs !== undefined) return { ...row, state: 'rejected' };
  return { ...row, state: state === 'waiting' ? 'held' : state };
}

/** The member's reviews that may stand elsewhere now: the others, where this one bears on them or the credit counts otherwise. */
function touchedBy(before: ReviewerRecord, after: ReviewerRecord, row: ReviewerRow): string[] {
  const others = before.rows.filter(({ reviewId }) => reviewId !== row.reviewId).map(({ reviewId }) => reviewId);
  const { standing: was } = before;
  const { standing: is } = after;
  const known = before.rows.find(({ reviewId }) => reviewId === row.reviewId);
  if (known === undefined) return others;
  const weighsElse = was !== undefined && (was.weight !== is?.weight || was.banUntilMs !== is.banUntilMs);
  return weighsElse || !bearsAlike(known, row) ? others : [];
}

/** Whether two rows of a review are the same to the member's other reviews: to their signals, their bans, and which replaces which. */
function bearsAlike(one: ReviewerRow, other: ReviewerRow): boolean {
  return BEARING.every((name) => one[name] === other[name]);
}

const BEARING = ['atMs', 'stars', 'length', 'verified', 'brandId', 'rejectedAtMs'] as const;
