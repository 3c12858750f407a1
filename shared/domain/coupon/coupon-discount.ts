import type { CouponDefinition } from '../../policy/coupon-schema.ts';
import { percentOf, shareByLargestRemainder } from '../loyalty/arithmetic.ts';
import { appliesTo } from '../loyalty/order-effect.ts';

/** A line of an order or a basket; its net is in minor units of the base currency. */
export type CouponLine = {
  lineId: string;
  net: number;
  brandId?: string | undefined;
  category?: string | undefined;
};

/** Why a coupon takes nothing off these lines, in order of precedence. */
export type DiscountRefusalCode = 'coupon_wrong_category' | 'coupon_below_minimum' | 'coupon_without_effect';

export type LineDiscount = { lineId: string; discount: number };

export type CouponDiscount =
  /** `lines` has every line given, in its order; those that the coupon is not for have a discount of 0. */
  | { kind: 'applies'; discount: number; lines: LineDiscount[]; arithmetic: string }
  | { kind: 'refused'; code: DiscountRefusalCode; detail: string };

/**
 * What a coupon takes off: its amount, or its share rounded half up and at most its limit, and never more than the lines
 * it is for come to; shared over these by largest remainder of their nets, so that no line gets more off than its net. All
 * amounts are minor units of the base currency.
 */
export function couponDiscount(definition: CouponDefinition, lines: readonly CouponLine[]): CouponDiscount {
  const nets = lines.map((line) => (appliesTo(line, definition) ? line.net : 0));
  if (!lines.some((line) => appliesTo(line, definition))) {
    return { kind: 'refused', code: 'coupon_wrong_category', detail: `The coupon is for ${audience(definition)}.` };
  }
  const net = nets.reduce((sum, it) => sum + it, 0);
  if (definition.minimum !== undefined && net < definition.minimum) {
    const detail = `The lines it is for come to ${net} of at least ${definition.minimum} minor units.`;
    return { kind: 'refused', code: 'coupon_below_minimum', detail };
  }
  const { discount, arithmetic } = amountOff(definition, net);
  if (discount === 0) {
    const detail = `Of ${net} minor units the coupon takes nothing off.`;
    return { kind: 'refused', code: 'coupon_without_effect', detail };
  }
  const shares = shareByLargestRemainder(discount, nets);
  const shared = lines.map(({ lineId }, index) => ({ lineId, discount: shares[index] ?? 0 }));
  return { kind: 'applies', discount, lines: shared, arithmetic };
}

export type AppliedCoupons<Coupon> = {
  /** Each coupon in the order given, with what it took off or why it took nothing. */
  coupons: (Coupon & { result: CouponDiscount })[];
  discount: number;
  /** Every line given, with all that was taken off it and what is left of its net. */
  lines: (LineDiscount & { net: number })[];
};

/** Several coupons in the order given, each on what is left after the ones before; one that is refused takes nothing. */
export function applyCoupons<Coupon extends { definition: CouponDefinition }>(
  coupons: readonly Coupon[],
  lines: readonly CouponLine[],
): AppliedCoupons<Coupon> {
  let left: readonly CouponLine[] = lines;
  const results = coupons.map((coupon) => {
    const result = couponDiscount(coupon.definition, left);
    if (result.kind === 'applies') {
      left = left.map((line, index) => ({ ...line, net: line.net - (result.lines[index]?.discount ?? 0) }));
    }
    return { ...coupon, result };
  });
  const after = lines.map((line, index) => {
    const net = left[index]?.net ?? line.net;
    return { lineId: line.lineId, discount: line.net - net, net };
  });
  return { coupons: results, discount: after.reduce((sum, line) => sum + line.discount, 0), lines: after };
}

function audience({ categories = [], brands = [] }: CouponDefinition): string {
  const parts = [
    ...(categories.length > 0 ? [`the categories ${categories.join(', ')}`] : []),
    ...(brands.length > 0 ? [`the brands ${brands.join(', ')}`] : []),
  ];
  return parts.length === 0 ? 'lines of an order' : `${parts.join(' and ')} alone`;
}

function amountOff(definition: CouponDefinition, net: number): { discount: number; arithmetic: string } {
  if (definition.kind === 'amount') {
    const discount = Math.min(definition.amount, net);
    const bounded = discount < definition.amount;
    return { discount, arithmetic: bounded ? `min(${definition.amount}, ${net}) = ${discount}` : `${discount} off` };
  }
  const { percent, limit } = definition;
  const share = percentOf(net, percent);
  const discount = Math.min(share, limit ?? share, net);
  const sum = `${percent} % of ${net} = ${share}`;
  return { discount, arithmetic: discount < share ? `${sum}, at most ${discount}` : sum };
}
