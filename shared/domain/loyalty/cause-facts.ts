import type { DataOf } from '../../../events/define-event.ts';
import type { CloudEvent } from '../../../events/envelope.ts';
import type { memberRegistered } from '../../../events/member/member-registered.v1.ts';
import type { reviewPublished } from '../../../events/reputation/review-published.v1.ts';
import type { Fact } from './order-facts.ts';

/** What a member has told of themselves that bears on points: their clock. */
export type IntroducedFact = Fact<'introduced', { timeZone?: string | undefined; referredBy?: string | undefined }>;
export type CheckedInFact = Fact<'checked_in', Record<string, never>>;
/** Points spent on money off or goods, under the command's own id. */
export type RedeemedFact = Fact<
  'redeemed',
  {
    redemptionId: string;
    points: number;
    orderId?: string | undefined;
    /** What was left of the order's net when it was known at that time, in minor units of the base currency. */
    orderNet?: number | undefined;
  }
>;
/** A redemption undone before its order was placed. */
export type ReleasedFact = Fact<'released', { redemptionId: string }>;
/** Points given (more than 0) or taken by a person at the desk; why stands in the vault. */
export type AdjustedFact = Fact<'adjusted', { points: number; by: string }>;
/** Points for something that happened elsewhere, such as a referral. */
export type RewardedFact = Fact<'rewarded', { points: number; reason: string; type: string }>;
export type RevokedFact = Fact<'revoked', { reason: string; type: string }>;
/** A review's way: points are pending until it is published, and go when it is rejected, also later. */
export type ReviewFact = Fact<'review_submitted' | 'review_published' | 'review_rejected', { type: string }>;
/** What a rejected review costs in all by now, beside what was paid for it; 0 where that has been lifted. */
export type PenalisedFact = Fact<'penalised', { points: number; type: string }>;

/** The member has been erased: the account is closed for ever. */
export type ClosedFact = Fact<'closed', Record<string, never>>;

/** One thing that is known of a member beside the orders and bears on the account. */
export type CauseFact =
  | IntroducedFact
  | CheckedInFact
  | RedeemedFact
  | ReleasedFact
  | AdjustedFact
  | RewardedFact
  | RevokedFact
  | ReviewFact
  | PenalisedFact
  | ClosedFact;

/** What was answered to a command, kept so that the same command gets the same answer. */
export type Receipt = Readonly<Record<string, unknown>>;

/**
 * A cause of movements in a member's account that is no order: a check-in, a redemption, a review, an adjustment. All its
 * facts are kept, and its effect is derived from them.
 */
export type CauseRecord = {
  memberId: string;
  /** Its kind and its own id, such as `redemption:red-1`. */
  causeId: string;
  /** Counts the writes; 0 is a cause never written. */
  version: number;
  /** In canonical order: by time, then event id. */
  facts: CauseFact[];
  /** By kind of fact. */
  receipts?: Readonly<Record<string, Receipt>> | undefined;
};

/** A cause has a handful of facts at most; a review may be rejected and reinstated some times. */
export const FACTS_PER_CAUSE_LIMIT = 50;

export function newCause(memberId: string, causeId: string): CauseRecord {
  return { memberId, causeId, version: 0, facts: [] };
}

export type AddCauseFact =
  | { kind: 'added'; cause: CauseRecord }
  | { kind: 'duplicate' }
  | { kind: 'refused'; code: 'id_reused' | 'too_many_facts'; detail: string };

/** Adds a fact to those known. A fact known already changes nothing; its id with other content is refused. */
export function addCauseFact(cause: CauseRecord, fact: CauseFact): AddCauseFact {
  const known = cause.facts.find((it) => it.eventId === fact.eventId);
  if (known !== undefined) {
    if (known.hash === fact.hash) return { kind: 'duplicate' };
    return { kind: 'refused', code: 'id_reused', detail: `Event ${fact.eventId} is known with other content.` };
  }
  if (cause.facts.length >= FACTS_PER_CAUSE_LIMIT) {
    const detail = `${cause.causeId} has ${FACTS_PER_CAUSE_LIMIT} facts already.`;
    return { kind: 'refused', code: 'too_many_facts', detail };
  }
  const facts = [...cause.facts, fact].sort((a, b) => a.atMs - b.atMs || (a.eventId < b.eventId ? -1 : 1));
  return { kind: 'added', cause: { ...cause, facts } };
}

/** A check-in as a cause of its own. */
export function checkInOf(event: CloudEvent, hash: string): { causeId: string; fact: CheckedInFact } {
  const fact = factOf('checked_in', event, hash, {});
  return { causeId: `checkin:${event.id}`, fact };
}

/** What a registration or an update says of a member's clock and of who brought them; undefined where neither. */
export function introductionOf(
  event: CloudEvent<string, DataOf<typeof memberRegistered>>,
  hash: string,
): { causeId: string; fact: IntroducedFact } | undefined {
  const { timeZone } = event.data;
  // Only a registration can say who brought the member: nobody is brought twice.
  const referredBy = event.type === 'member.registered.v1' ? event.data.referredBy : undefined;
  if (timeZone === undefined && referredBy === undefined) return undefined;
  const fact = factOf('introduced', event, hash, {
    ...(timeZone !== undefined && { timeZone }),
    ...(referredBy !== undefined && { referredBy }),
  });
  return { causeId: `introduction:${event.id}`, fact };
}

/** What a review's outcome comes to in its author's account: its own points, and what a rejection costs beside them. */
export function reviewFactsOf(
  event: CloudEvent<string, DataOf<typeof reviewPublished>>,
  hash: string,
): { causeId: string; fact: CauseFact }[] {
  return [reviewOutcomeOf(event, hash), reviewPenaltyOf(event, hash)].filter((it) => it !== undefined);
}

/**
 * What the outcome of a review is to its author's points. All reviews of one product are one cause, so that it is paid for once; a
 * review that the author has replaced has no say in it any more.
 */
function reviewOutcomeOf(
  event: CloudEvent<string, DataOf<typeof reviewPublished>>,
  hash: string,
): { causeId: string; fact: ReviewFact } | undefined {
  const kind = REVIEW_FACTS[event.type];
  if (kind === undefined || !event.data.rewarded) return undefined;
  const fact = factOf(kind, event, hash, { type: event.type });
  return { causeId: `review:${event.data.productId}`, fact };
}

/** What the outcome of a review costs its author beside its points; nothing of a review that never cost any. */
function reviewPenaltyOf(
  event: CloudEvent<string, DataOf<typeof reviewPublished>>,
  hash: string,
): { causeId: string; fact: PenalisedFact } | undefined {
  const { reviewId, penalty } = event.data;
  if (penalty === undefined) return undefined;
  return {
    causeId: `penalty:${reviewId}`,
    fact: factOf('penalised', event, hash, { points: penalty, type: event.type }),
  };
}

const REVIEW_FACTS: Readonly<Record<string, ReviewFact['kind']>> = {
  'review.held.v1': 'review_submitted',
  'review.published.v1': 'review_published',
  'review.rejected.v1': 'review_rejected',
};

function factOf<Kind extends string, Data>(kind: Kind, event: CloudEvent, hash: string, data: Data): Fact<Kind, Data> {
  // Half of the hash tells facts apart well enough and keeps the item small.
  return { kind, eventId: event.id, hash: hash.slice(0, 22), atMs: Date.parse(event.time), data };
}
