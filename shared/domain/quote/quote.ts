import type { CouponDefinition } from '../../policy/coupon-schema.ts';
import { type Policies, policyAt } from '../../policy/policies.ts';
import type { Policy } from '../../policy/policy.ts';
import { type AppliedCoupons, applyCoupons } from '../coupon/coupon-discount.ts';
import { type Account, availablePoints } from '../loyalty/account.ts';
import {
  fromBaseCurrency,
  percentOf,
  pointsValue,
  redemptionLimit,
  shareByLargestRemainder,
  toBaseCurrency,
} from '../loyalty/arithmetic.ts';
import { accountAt } from '../loyalty/fold.ts';
import { earnedPoints } from '../loyalty/order-effect.ts';
import { type LoyaltyTerms, type OrderLine, termsAt } from '../loyalty/order-facts.ts';
import { reachedIndex, tierIndex, tierSpend } from '../loyalty/tiers.ts';

/** What a basket is asked about: as an order would be placed, and the coupons that are to be used, in their order. */
export type QuoteQuestion = {
  currency: string;
  lines: readonly OrderLine[];
  coupons: readonly AskedCoupon[];
  /** The member's account as it is kept; undefined for a guest. */
  account?: Account | undefined;
  nowMs: number;
};

/** A coupon of the member, or why it cannot be used. */
export type AskedCoupon =
  | { couponId: string; kind: 'usable'; definition: CouponDefinition }
  | { couponId: string; kind: 'refused'; code: string; detail: string };

/** Why a price is what it is, or why points are earned as they are; `amount` in minor units of the currency asked for. */
export type Why = { code: 'tier_discount' | 'coupon' | 'period'; text: string; amount?: number };

type QuotedLine = {
  lineId: string;
  price: number;
  memberPrice: number;
  couponDiscount: number;
  net: number;
  pointsToEarn: number;
  why: Why[];
};

/** What a basket costs. Money in minor units of the currency asked for. */
export type Quote = ReturnType<typeof quote>;

/**
 * What a basket would cost, earn and let points pay, by the code that books orders: first the line's own discount, then
 * the member's price by tier (half up, each line), then the coupons in the order they are named. Undefined where the
 * policy does not know the currency.
 */
export function quote(question: QuoteQuestion, policies: Policies) {
  const { currency, lines, nowMs } = question;
  const policy = policyAt(policies, nowMs);
  const terms = termsAt(nowMs, currency, policy);
  if (terms === undefined) return undefined;
  const account = question.account && accountAt(question.account, nowMs, policies).account;
  const step = account && policy.tiers.steps[Math.max(0, tierIndex(account.tier.id, policy))];
  const percent = step?.discountPercent ?? 0;
  const prices = lines.map((line) => line.quantity * line.unitPrice - (line.discount ?? 0));
  const memberPrices = prices.map((price) => percentOf(price, 100 - percent));
  const coupons = couponsOff(question, memberPrices, terms);
  const nets = memberPrices.map((price, index) => price - (coupons.byLine[index] ?? 0));
  const net = toBaseCurrency(sum(nets), terms);
  const earned = earnedPoints(lines, shareByLargestRemainder(net, nets), net, terms);
  const quoted = lines.map((line, index): QuotedLine => {
    const price = prices[index] ?? 0;
    const memberPrice = memberPrices[index] ?? 0;
    const couponDiscount = coupons.byLine[index] ?? 0;
    const earns = earned.multipliers[index];
    const off = price - memberPrice;
    return {
      lineId: line.lineId,
      price,
      memberPrice,
      couponDiscount,
      net: nets[index] ?? 0,
      pointsToEarn: account === undefined ? 0 : (earned.shares[index] ?? 0),
      why: [
        ...(off > 0 ? [{ code: 'tier_discount', text: `${step?.id}: ${percent} % off`, amount: -off } as const] : []),
        ...coupons.whyOf(index),
        ...(earns === undefined ? [] : [{ code: 'period', text: `${earns.id}: points x ${earns.factor}` } as const]),
      ],
    };
  });
  return {
    currency,
    policyVersion: policy.stamp,
    lines: quoted,
    total: {
      price: sum(prices),
      memberDiscount: sum(prices) - sum(memberPrices),
      couponDiscount: sum(coupons.byLine),
      net: sum(nets),
    },
    coupons: coupons.told,
    pointsToEarn: account === undefined ? 0 : earned.points,
    earning: earningOf(account, earned, terms),
    redeemable: redeemableOf(account, net, { policy, terms }),
    ...(account && { tier: tierOf(account, net, policy, nowMs) }),
  };
}

type UsableCoupon = Extract<AskedCoupon, { kind: 'usable' }>;

/** Taken off in the currency asked for, so that a percentage is exact and what is told of lines and coupons adds up. */
function couponsOff({ lines, coupons }: QuoteQuestion, memberPrices: readonly number[], terms: LoyaltyTerms) {
  const usable = coupons
    .filter((coupon) => coupon.kind === 'usable')
    .map((coupon) => ({ ...coupon, definition: inCurrency(coupon.definition, terms) }));
  const priced = lines.map(({ lineId, brandId, category }, index) => {
    return { lineId, brandId, category, net: memberPrices[index] ?? 0 };
  });
  const applied = applyCoupons(usable, priced);
  return {
    byLine: applied.lines.map(({ discount }) => discount),
    whyOf: (index: number) => applied.coupons.flatMap((coupon) => whyOff(coupon, index)),
    told: coupons.map((coupon) => tellCoupon(coupon, applied)),
  };
}

/** A coupon says its amounts in the base currency. */
function inCurrency(definition: CouponDefinition, terms: LoyaltyTerms): CouponDefinition {
  const { minimum } = definition;
  const floor = minimum === undefined ? {} : { minimum: fromBaseCurrency(minimum, terms) };
  if (definition.kind === 'amount') {
    return { ...definition, ...floor, amount: fromBaseCurrency(definition.amount, terms) };
  }
  const { limit } = definition;
  return { ...definition, ...floor, ...(limit !== undefined && { limit: fromBaseCurrency(limit, terms) }) };
}

function whyOff({ couponId, result }: AppliedCoupons<UsableCoupon>['coupons'][number], index: number): Why[] {
  const off = result.kind === 'applies' ? (result.lines[index]?.discount ?? 0) : 0;
  return off === 0 ? [] : [{ code: 'coupon', text: couponId, amount: -off }];
}

function tellCoupon(coupon: AskedCoupon, applied: AppliedCoupons<UsableCoupon>) {
  const { couponId } = coupon;
  if (coupon.kind === 'refused') return { couponId, applies: false, code: coupon.code, detail: coupon.detail };
  const result = applied.coupons.find((it) => it.couponId === couponId)?.result;
  if (result?.kind !== 'applies') return { couponId, applies: false, code: result?.code, detail: result?.detail };
  return { couponId, applies: true, discount: result.discount, detail: result.arithmetic };
}

function earningOf(
  account: Account | undefined,
  { points, arithmetic }: { points: number; arithmetic: string },
  { holdDays }: LoyaltyTerms,
) {
  const when = `pending until ${holdDays} days after delivery`;
  if (account === undefined) return { pointsIfMember: points, arithmetic, detail: 'guests earn nothing' };
  return { arithmetic, detail: when };
}

/** How many points may pay the order now: what there is, the share of the order, and what one redemption may take. */
function redeemableOf(
  account: Account | undefined,
  net: number,
  { policy, terms }: { policy: Policy; terms: LoyaltyTerms },
) {
  const { largestPoints, orderShareLimit } = policy.points.redemption;
  const limits = [
    {
      points: account === undefined ? 0 : availablePoints(account),
      detail: account ? 'all there is' : 'guests have none',
    },
    { points: redemptionLimit(net, policy), detail: `${Math.round(orderShareLimit * 10_000) / 100} % of the order` },
    { points: largestPoints, detail: 'the most that one redemption takes' },
  ];
  const least = limits.reduce((a, b) => (b.points < a.points ? b : a));
  const detail = account !== undefined && account.debt > 0 ? `${account.debt} points are owed` : least.detail;
  return { points: least.points, amount: fromBaseCurrency(pointsValue(least.points, policy), terms), detail };
}

/** The tier now, and the one that this order would bring once it is completed. */
function tierOf(account: Account, net: number, policy: Policy, nowMs: number) {
  const { steps } = policy.tiers;
  const spend = tierSpend(account, nowMs, policy);
  const now = tierIndex(account.tier.id, policy);
  const after = Math.max(now, reachedIndex(spend + net, policy));
  const next = steps[after + 1];
  return {
    now: account.tier.id,
    after: steps[after]?.id ?? account.tier.id,
    ...(next && { next: { id: next.id, remaining: next.threshold - spend - net } }),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
