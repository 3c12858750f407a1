import { consentView } from '../member/consent.ts';
import { couponState, expiresAtMs, type IssuedCoupon } from './coupon.ts';
import { obstacleOf } from './decide-coupon.ts';

/** What a coupon is worth and since when, which never changes. */
export function couponReceipt({ couponId, issued }: IssuedCoupon) {
  const { definition, issuedAtMs, consent } = issued;
  const { kind, minimum, categories, brands } = definition;
  const endMs = expiresAtMs(issued);
  return {
    couponId,
    definition: definition.id,
    kind,
    ...(definition.kind === 'amount'
      ? { amount: definition.amount }
      : { percent: definition.percent, ...(definition.limit !== undefined && { limit: definition.limit }) }),
    ...(minimum !== undefined && { minimum }),
    ...(categories !== undefined && { categories }),
    ...(brands !== undefined && { brands }),
    issuedAt: instant(issuedAtMs),
    ...(endMs !== undefined && { expiresAt: instant(endMs) }),
    ...(consent && { consent: { marketing: consentView(consent.marketing) } }),
  };
}

/** A coupon as a member sees it at an instant, and why it cannot be used where it cannot. */
export function couponView(coupon: IssuedCoupon, nowMs: number) {
  const state = couponState(coupon, nowMs);
  const obstacle = obstacleOf(coupon, nowMs);
  return {
    ...couponReceipt(coupon),
    state: state.kind,
    ...((state.kind === 'held' || state.kind === 'redeemed') && { orderId: state.orderId }),
    ...(state.kind === 'held' && { heldUntil: instant(state.untilMs) }),
    ...(obstacle !== undefined && { unusable: obstacle }),
  };
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
