import type { CloudEvent } from '../../events/envelope.ts';
import { reviewSubmitted } from '../../events/review/review-submitted.v1.ts';
import { contentHash } from '../../shared/domain/intake/content-hash.ts';

import { addFact, newOrder, type OrderRecord } from '../../shared/domain/loyalty/order-facts.ts';
import type { LoyaltyFact } from '../../shared/domain/loyalty/replay.ts';
import type { ReviewContext } from '../../shared/domain/review/review-context.ts';
import { type ReviewFact, type SubmittedFact, submittedFact } from '../../shared/domain/review/review-facts.ts';
import type { ReviewRecord } from '../../shared/domain/review/review-record.ts';
import type { ReviewSurroundings } from '../../shared/domain/review/review-surroundings.ts';
import type { TextReading } from '../../shared/domain/review/review-text.ts';
import { newWindow, spansAround } from '../../shared/domain/review/review-window.ts';
import { newReviewer } from '../../shared/domain/review/reviewer-record.ts';
import { always } from '../../shared/policy/policies.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import { toFact } from './loyalty-facts.ts';
import type { Happening } from './order-histories.ts';
import { at } from './shop-story.ts';

type Said = { id?: string; reviewId?: string; stars?: number; reading?: TextReading } & Record<string, unknown>;

/** A review of the teapot by `ann`, five stars, unless told otherwise; `reading` is what was read out of its words. */
export function submitted(time: string, { id, stars = 5, reading, ...said }: Said = {}): SubmittedFact {
  const data = { reviewId: 'rev-1', memberId: 'ann', productId: 'teapot', ratings: { product: stars }, ...said };
  const event = { ...reviewSubmitted.sample, id: id ?? `${data.reviewId}:${time}`, time: iso(time), data };
  const parsed = reviewSubmitted.parse(event);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed));
  return submittedFact(parsed.event, contentHash(event as CloudEvent), reading);
}

export const decided = (time: string, verdict: 'publish' | 'reject', parts: { by?: string; reason?: string } = {}) =>
  fact('decided', time, { verdict, by: 'carl', reason: 'looked_at', ...parts });
export const appealed = (time: string) => fact('appealed', time, {});
export const removed = (time: string, by: 'member' | 'desk' = 'member') => fact('removed', time, { by });

function fact(kind: ReviewFact['kind'], time: string, data: object): ReviewFact {
  return { kind, eventId: `${kind}:${time}`, hash: kind, atMs: at(time), data } as ReviewFact;
}

export function reviewOf(...facts: ReviewFact[]): ReviewRecord {
  return { reviewId: 'rev-1', version: facts.length, facts: [...facts].sort((a, b) => a.atMs - b.atMs) };
}

/** What surrounds a review that nothing speaks against. */
export function contextWith(parts: Partial<ReviewContext> = {}): ReviewContext {
  return {
    productKnown: true,
    purchase: { code: 'verified', ordered: true },
    assessment: { score: 0.01, verdict: 'publish', reasons: [{ code: 'base', contribution: -4.6 }] },
    banned: false,
    tooMany: false,
    incentivised: false,
    votes: { helpful: 0, unhelpful: 0 },
    weight: { thousandths: 1_000, parts: [] },
    penalty: 0,
    policyStamp: '1',
    ...parts,
  };
}

/** What is read beside a review of that time when nothing else is known but its product. */
export function surroundingsAt(time: string, parts: Partial<ReviewSurroundings> = {}): ReviewSurroundings {
  const spans = spansAround(at(time), currentPolicy.moderation.windowDays);
  return {
    product: { brandId: 'hearth', supplierId: 'sup-1' },
    orders: [],
    reviewer: newReviewer('ann'),
    votes: { helpful: 0, unhelpful: 0, ofStaff: {} },
    windows: spans.map((span) => newWindow('teapot', span)),
    bands: [],
    ...parts,
  };
}

/** An order by its events, in any order. */
export function orderOf(...happenings: Happening[]): OrderRecord {
  const orderId = String(happenings[0]?.data.orderId);
  return happenings.reduce<OrderRecord>((order, happening) => {
    const { fact } = toFact(happening) as Extract<LoyaltyFact, { kind: 'order' }>;
    const added = addFact(order, fact, always(currentPolicy));
    if (added.kind !== 'added') throw new Error(added.kind);
    return { ...added.order, version: order.version + 1 };
  }, newOrder(orderId));
}

const iso = (time: string) => new Date(time).toISOString();
