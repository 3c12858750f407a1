import { type Policies, policyAt } from '../../policy/policies.ts';
import { dayOf } from '../calendar/calendar.ts';
import type { ConsentProof } from '../member/consent.ts';
import {
  type CouponChange,
  type CouponHold,
  type CouponRecord,
  couponState,
  expiresAtMs,
  type IssuedCoupon,
  isIssued,
} from './coupon.ts';
import { type CouponDiscount, type CouponLine, couponDiscount, type DiscountRefusalCode } from './coupon-discount.ts';
import { givenUnits, putIn, takeBack, type Wallet, type WalletPage } from './wallet.ts';

/** Why a command about a coupon is refused, in order of precedence. A budget is judged by the write itself. */
export type CommandRefusalCode =
  | 'id_reused'
  | 'unknown_coupon'
  | 'coupon_not_yet_valid'
  | 'coupon_revoked'
  | 'coupon_redeemed'
  | 'coupon_expired'
  | 'coupon_in_use'
  | 'coupon_member_cap_reached'
  | 'coupon_budget_exhausted'
  | DiscountRefusalCode;

export type CommandRefusal = { kind: 'refused'; code: CommandRefusalCode; detail: string };

export type IssueCommand = {
  couponId: string;
  memberId: string;
  definitionId: string;
  /** The calendar year whose cap the unit counts for; the present one where left out. */
  year?: number | undefined;
  /** What the shop relies on where it gives the unit by itself. */
  consent?: { marketing: ConsentProof } | undefined;
};

export type IssueDecision =
  | {
      kind: 'issue';
      coupon: IssuedCoupon;
      wallet: Wallet;
      page?: WalletPage;
      /** How many units there may be in all; the write that takes one is refused beyond. */
      budget?: number;
    }
  | { kind: 'duplicate'; coupon: IssuedCoupon }
  | CommandRefusal;

/** Gives a member a unit of a coupon that the policy of this moment defines. */
export function decideIssue(
  known: { coupon: CouponRecord; wallet: Wallet },
  { couponId, memberId, definitionId, ...command }: IssueCommand,
  policies: Policies,
  nowMs: number,
): IssueDecision {
  const { coupon, wallet } = known;
  if (isIssued(coupon)) {
    const same = coupon.issued.memberId === memberId && coupon.issued.definition.id === definitionId;
    return same ? { kind: 'duplicate', coupon } : refused('id_reused', `Coupon ${couponId} is another one.`);
  }
  const policy = policyAt(policies, nowMs);
  const definition = policy.coupons.find((it) => it.id === definitionId);
  if (definition === undefined) return refused('unknown_coupon', `The policy defines no coupon ${definitionId}.`);
  const { from, until, perMember, perMemberPeriod = 'ever', budget } = definition;
  if (from !== undefined && nowMs < Date.parse(from)) {
    return refused('coupon_not_yet_valid', `Units are given from ${from} on.`);
  }
  if (until !== undefined && nowMs >= Date.parse(until)) return refused('coupon_expired', `It ended at ${until}.`);
  const year = command.year ?? Number(dayOf(nowMs, policy.timeZone).slice(0, 4));
  if (givenUnits(wallet, definitionId, perMemberPeriod, year) >= perMember) {
    const period = perMemberPeriod === 'ever' ? '' : ` in ${year}`;
    return refused('coupon_member_cap_reached', `The member has been given ${perMember}${period} already.`);
  }
  const { consent } = command;
  const issued = {
    ...{ memberId, definition, issuedAtMs: nowMs, year, policyStamp: policy.stamp },
    ...(consent && { consent }),
  };
  return {
    kind: 'issue',
    coupon: { ...coupon, version: coupon.version + 1, issued },
    ...putIn(wallet, { couponId, definitionId, year }),
    ...(budget !== undefined && { budget }),
  };
}

/** How long a checkout keeps a coupon to itself. */
export const HOLD_MS = 30 * 60_000;

export type HoldDecision =
  | { kind: 'hold'; coupon: IssuedCoupon; discount?: Applied }
  | { kind: 'duplicate'; coupon: IssuedCoupon; discount?: Applied }
  | CommandRefusal;
type Applied = Extract<CouponDiscount, { kind: 'applies' }>;

/**
 * Keeps a member's coupon for an order at checkout, until its order is placed, it is released, or it lapses; at most
 * until the coupon expires. With lines it is refused where it would take nothing off them.
 */
export function decideHold(
  record: CouponRecord,
  {
    memberId,
    orderId,
    lines,
    holdMs = HOLD_MS,
  }: { memberId: string; orderId: string; lines?: readonly CouponLine[] | undefined; holdMs?: number },
  nowMs: number,
): HoldDecision {
  const usable = usableCoupon(record, memberId, nowMs, orderId);
  if (usable.kind === 'refused') return usable;
  const { coupon } = usable;
  const result = lines === undefined ? undefined : couponDiscount(coupon.issued.definition, lines);
  if (result?.kind === 'refused') return result;
  const discount = result === undefined ? {} : { discount: result };
  if (couponState(coupon, nowMs).kind === 'held') return { kind: 'duplicate', coupon, ...discount };
  const endMs = expiresAtMs(coupon.issued) ?? Number.POSITIVE_INFINITY;
  const hold: CouponHold = { orderId, untilMs: Math.min(nowMs + holdMs, endMs) };
  return { kind: 'hold', coupon: { ...coupon, version: coupon.version + 1, hold }, ...discount };
}

/** Whether a member can use a coupon at an instant, for the order that may hold it already; if not, why not. */
export function usableCoupon(
  record: CouponRecord | undefined,
  memberId: string,
  nowMs: number,
  orderId?: string,
): { kind: 'usable'; coupon: IssuedCoupon } | CommandRefusal {
  if (!isIssued(record) || record.issued.memberId !== memberId) {
    return refused('unknown_coupon', 'The member has no coupon of this id.');
  }
  const obstacle = obstacleOf(record, nowMs, orderId);
  return obstacle === undefined ? { kind: 'usable', coupon: record } : { kind: 'refused', ...obstacle };
}

/** Why an issued coupon cannot be used at an instant; undefined where it can. */
export function obstacleOf(
  coupon: IssuedCoupon,
  nowMs: number,
  orderId?: string,
): { code: CommandRefusalCode; detail: string } | undefined {
  const state = couponState(coupon, nowMs);
  switch (state.kind) {
    case 'issued':
      return undefined;
    case 'held':
      if (state.orderId === orderId) return undefined;
      return { code: 'coupon_in_use', detail: `An order at checkout holds it until ${instant(state.untilMs)}.` };
    case 'redeemed':
      return { code: 'coupon_redeemed', detail: `Order ${state.orderId} has used it.` };
    case 'expired':
      return { code: 'coupon_expired', detail: `It expired at ${instant(state.sinceMs)}.` };
    case 'revoked':
      return { code: 'coupon_revoked', detail: `It was taken back at ${instant(state.sinceMs)}.` };
  }
}

/** Lets go of a coupon that a checkout held; one that is not held is left as it is. */
export function decideRelease(
  record: CouponRecord,
  { memberId, orderId }: { memberId: string; orderId: string },
  nowMs: number,
): { kind: 'release' | 'duplicate'; coupon: IssuedCoupon } | CommandRefusal {
  if (!isIssued(record) || record.issued.memberId !== memberId) {
    return refused('unknown_coupon', 'The member has no coupon of this id.');
  }
  const state = couponState(record, nowMs);
  if (state.kind !== 'held') return { kind: 'duplicate', coupon: record };
  if (state.orderId !== orderId) return refused('coupon_in_use', 'Another order holds it.');
  const { hold: _, ...rest } = record;
  return { kind: 'release', coupon: { ...rest, version: record.version + 1 } };
}

export type RevokeDecision =
  | (CouponChange & { kind: 'changed'; coupon: IssuedCoupon; wallet: Wallet })
  | { kind: 'duplicate'; coupon: IssuedCoupon }
  | CommandRefusal;

/** Where the reason stands among the words of the member; no event has such an id. */
export const wordsOfRevoke = (couponId: string): string => `coupon/${couponId}`;

/**
 * Takes a unit back from a member: it returns to the pool and no longer counts for the member's cap. `known.reason`: why it was taken back before,
 * where that is known.
 */
export function decideRevoke(
  known: { coupon: CouponRecord; wallet: Wallet; reason?: string | undefined },
  { memberId, reason }: { memberId: string; reason: string },
  nowMs: number,
): RevokeDecision {
  const { coupon, wallet } = known;
  if (!isIssued(coupon) || coupon.issued.memberId !== memberId) {
    return refused('unknown_coupon', 'The member has no coupon of this id.');
  }
  const state = couponState(coupon, nowMs);
  if (state.kind === 'revoked') {
    if (known.reason === undefined || known.reason === reason) return { kind: 'duplicate', coupon };
    return refused('id_reused', 'The coupon was taken back for another reason.');
  }
  if (state.kind === 'redeemed') return refused('coupon_redeemed', `Order ${state.orderId} has used it.`);
  if (state.kind === 'expired') return refused('coupon_expired', `It expired at ${instant(state.sinceMs)}.`);
  const { definition, year } = coupon.issued;
  return {
    kind: 'changed',
    coupon: { ...coupon, version: coupon.version + 1, ended: { kind: 'revoked', atMs: nowMs } },
    unitBack: true,
    wallet: takeBack(wallet, { definitionId: definition.id, year }),
  };
}

function refused(code: CommandRefusalCode, detail: string): CommandRefusal {
  return { kind: 'refused', code, detail };
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
