import type { CloudEvent } from '../../events/envelope.ts';
import { memberCheckedIn } from '../../events/member/member-checked-in.v1.ts';
import { memberRegistered } from '../../events/member/member-registered.v1.ts';
import { contentHash } from '../../shared/domain/intake/content-hash.ts';
import { newAccount } from '../../shared/domain/loyalty/account.ts';
import { type CauseFact, checkInOf, introductionOf } from '../../shared/domain/loyalty/cause-facts.ts';
import { accountAt, type FoldResult } from '../../shared/domain/loyalty/fold.ts';
import { type OrderEffect, orderEffect } from '../../shared/domain/loyalty/order-effect.ts';
import { type LoyaltyFact, replay } from '../../shared/domain/loyalty/replay.ts';
import { stampPolicy } from '../../shared/policy/check-policy.ts';
import { always, type Policies } from '../../shared/policy/policies.ts';
import shopPolicy from '../../shared/policy/policy.json' with { type: 'json' };
import { currentPolicy, type Policy } from '../../shared/policy/policy.ts';
import { toFact } from './loyalty-facts.ts';
import { type Happening, toEvent } from './order-histories.ts';

/** Milliseconds of a time as people write it: `2026-01-05`, or `2026-01-05T10:00:00Z`. */
export const at = (time: string): number => Date.parse(time);

type Line = { lineId?: string; quantity?: number; unitPrice: number } & Record<string, unknown>;
type Parts = { id?: string; orderId?: string; memberId?: string; anonymousId?: string } & Record<string, unknown>;

function happening(verb: string, time: string, parts: Parts): Happening {
  const { id, orderId = 'ord-1', ...data } = parts;
  return {
    type: `order.${verb}.v1`,
    id: id ?? `${orderId}:${verb}${typeof data.returnId === 'string' ? `:${data.returnId}` : ''}`,
    time: new Date(time).toISOString(),
    data: { orderId, ...data },
  };
}

/** An order of member `ann`, unless told otherwise: prices in minor units, lines numbered from 1. */
export function placed(time: string, parts: Omit<Parts, 'lines'> & { lines?: Line[]; total?: number } = {}): Happening {
  const { lines, total = 10_000, ...rest } = parts;
  const numbered = (lines ?? [{ unitPrice: total }]).map((line, index) => ({
    lineId: String(index + 1),
    productId: `product-${index + 1}`,
    quantity: 1,
    ...line,
  }));
  const owner = 'memberId' in rest || 'anonymousId' in rest ? {} : { memberId: 'ann' };
  return happening('placed', time, { ...owner, currency: 'EUR', ...rest, lines: numbered });
}

/** An order that names nobody. */
export function guestPlaced(time: string, parts: Parameters<typeof placed>[1] = {}): Happening {
  const whole = placed(time, parts);
  const { memberId: _, ...data } = whole.data;
  return { ...whole, data };
}

export const completed = (time: string, parts: Parts = {}): Happening => happening('completed', time, parts);

export const cancelled = (time: string, parts: Parts = {}): Happening => happening('cancelled', time, parts);

/** A return: pieces by line, `{ 1: 2 }` being two pieces of line 1. */
export function returned(time: string, pieces: Record<string, number>, parts: Parts = {}): Happening {
  const lines = Object.entries(pieces).map(([lineId, quantity]) => ({ lineId, quantity }));
  return happening('returned', time, { returnId: 'ret-1', ...parts, lines });
}

export function identified(time: string, anonymousId: string, memberId: string): Happening {
  const id = `${anonymousId}-is-${memberId}`;
  return { type: 'member.identified.v1', id, time: new Date(time).toISOString(), data: { memberId, anonymousId } };
}

/** A fact of a cause that is no order, as the loyalty domain is given it. */
export type CauseTold = Extract<LoyaltyFact, { kind: 'cause' }>;

/** What a story is told in: events of a shop, and what its commands and its reviews bring to an account. */
export type Told = Happening | CauseTold;

type CauseParts = { memberId?: string; id?: string };

/** A check-in of member `ann`, unless told otherwise. */
export function checkedIn(
  time: string,
  { memberId = 'ann', id = `${memberId}:in:${time}` }: CauseParts = {},
): CauseTold {
  const event = toEvent({ type: memberCheckedIn.type, id, time: new Date(time).toISOString(), data: { memberId } });
  const parsed = memberCheckedIn.parse(event);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed));
  return { kind: 'cause', memberId, ...checkInOf(event, contentHash(event)) };
}

/** What a registration says of a member's clock and of who brought them. */
export function introduced(
  time: string,
  { memberId = 'ann', id = `${memberId}:is:${time}`, ...says }: CauseParts & { timeZone?: string; referredBy?: string },
): CauseTold {
  const data = { memberId, ...says };
  const event = toEvent({ type: memberRegistered.type, id, time: new Date(time).toISOString(), data });
  const parsed = memberRegistered.parse(event as CloudEvent);
  const introduction = parsed.ok ? introductionOf(parsed.event, contentHash(event)) : undefined;
  if (introduction === undefined) throw new Error(JSON.stringify(parsed));
  return { kind: 'cause', memberId, ...introduction };
}

/** A fact of a cause by its parts: `data` is what it says, and its hash is of that. */
export function causeTold(
  causeId: string,
  fact: DistributiveOmit<CauseFact, 'hash' | 'atMs'> & { time: string },
  memberId = 'ann',
): CauseTold {
  const { time, ...rest } = fact;
  const hash = contentHash({ type: rest.kind, time, data: rest.data }).slice(0, 22);
  return { kind: 'cause', memberId, causeId, fact: { ...rest, hash, atMs: at(time) } as CauseFact };
}

type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

/** Points spent, on the order named where one is. */
export function redeemed(
  time: string,
  points: number,
  parts: CauseParts & { redemptionId?: string; orderId?: string; orderNet?: number } = {},
): CauseTold {
  const { memberId, redemptionId = 'red-1', id = redemptionId, ...rest } = parts;
  const data = { redemptionId, points, ...rest };
  return causeTold(`redemption:${redemptionId}`, { kind: 'redeemed', eventId: id, time, data }, memberId);
}

/** A redemption undone before its order was placed. */
export function released(time: string, parts: CauseParts & { redemptionId?: string } = {}): CauseTold {
  const { memberId, redemptionId = 'red-1', id = `release:${redemptionId}` } = parts;
  const fact = { kind: 'released', eventId: id, time, data: { redemptionId } } as const;
  return causeTold(`redemption:${redemptionId}`, fact, memberId);
}

/** Points given (more than 0) or taken by the desk. */
export function adjusted(
  time: string,
  points: number,
  parts: CauseParts & { adjustmentId?: string; reason?: string } = {},
): CauseTold {
  const { memberId, adjustmentId = 'adj-1', id = adjustmentId, reason = 'with our apologies' } = parts;
  const data = { points, reason, by: 'desk' };
  return causeTold(`adjustment:${adjustmentId}`, { kind: 'adjusted', eventId: id, time, data }, memberId);
}

/** A step of a review: handed in, published, or rejected, which may follow on each other more than once. */
export function reviewed(
  time: string,
  step: 'submitted' | 'published' | 'rejected',
  parts: CauseParts & { reviewId?: string } = {},
): CauseTold {
  const { memberId, reviewId = 'rev-1', id = `${reviewId}:${step}:${time}` } = parts;
  const data = { type: `review.${step}.v1` };
  return causeTold(`review:${reviewId}`, { kind: `review_${step}`, eventId: id, time, data }, memberId);
}

/** Points for something that happened elsewhere; `rewardId` is one reward, which may be revoked. */
export function rewarded(
  time: string,
  points: number,
  { memberId, rewardId = 'rew-1', id = `${rewardId}:given:${time}` }: CauseParts & { rewardId?: string } = {},
): CauseTold {
  const data = { points, reason: 'a friend has bought', type: 'referral.completed.v1' };
  return causeTold(`reward:${rewardId}`, { kind: 'rewarded', eventId: id, time, data }, memberId);
}

export function revoked(
  time: string,
  { memberId, rewardId = 'rew-1', id = `${rewardId}:revoked:${time}` }: CauseParts & { rewardId?: string } = {},
): CauseTold {
  const data = { reason: 'the friend has sent it back', type: 'referral.withdrawn.v1' };
  return causeTold(`reward:${rewardId}`, { kind: 'revoked', eventId: id, time, data }, memberId);
}

/** What is told, as the loyalty domain is given it. */
export function factOf(told: Told): LoyaltyFact {
  return 'kind' in told ? told : toFact(told);
}

type PolicyInput = typeof shopPolicy;

/** The default policy with some of its parts otherwise, checked and stamped like any other. */
export function policyWith(change: (document: PolicyInput) => unknown): Policy {
  const document = structuredClone(shopPolicy);
  change(document);
  return stampPolicy(document);
}

/** A policy from the beginning of time, and others from the days on which they were put. */
export function policiesFrom(first: Policy, ...later: { from: string; policy: Policy }[]): Policies {
  const versions = later.map(({ from, policy }) => ({ fromMs: at(from), policy }));
  return [{ fromMs: Number.NEGATIVE_INFINITY, policy: first }, ...versions];
}

const inForce = (policy: Policy | Policies): Policies => ('stamp' in policy ? always(policy) : policy);

/** What a member has at an instant, and every entry and note on the way there. */
export function lifeOf(
  memberId: string,
  told: readonly Told[],
  now: string,
  policy: Policy | Policies = currentPolicy,
): FoldResult {
  const policies = inForce(policy);
  const { accounts, movements } = replay(told.map(factOf), policies);
  const later = accountAt(accounts.get(memberId) ?? newAccount(policies), at(now), policies);
  return { account: later.account, entries: [...(movements.get(memberId) ?? []), ...later.entries] };
}

/** What the facts of one order call for. */
export function effectOf(happenings: readonly Happening[], policy: Policy = currentPolicy): OrderEffect {
  const orders = replay(happenings.map(toFact) as LoyaltyFact[], always(policy)).orders;
  const [order] = orders.values();
  if (order === undefined || orders.size !== 1) throw new Error('the facts are not of one order');
  return orderEffect(order);
}

/** Everything that the shop knows once the facts have come. */
export const shopAfter = (told: readonly Told[], policy: Policy | Policies = currentPolicy) =>
  replay(told.map(factOf), inForce(policy));
