import {
  type CouponOrder,
  type CouponRecord,
  type IssuedCoupon,
  newCoupon,
} from '../../shared/domain/coupon/coupon.ts';
import type { CouponDefinition } from '../../shared/policy/coupon-schema.ts';
import { always, type Policies } from '../../shared/policy/policies.ts';
import { currentPolicy, type Policy, stamped } from '../../shared/policy/policy.ts';

/** Milliseconds of a time as people write it: `2026-01-05`, or `2026-01-05T10:00:00Z`. */
export const at = (time: string): number => Date.parse(time);

/** A definition of so much off, with what matters to a test. */
export function definition(terms: Partial<CouponDefinition> & { id: string }): CouponDefinition {
  const base = terms.kind === 'percent' ? { percent: 10 } : { kind: 'amount', amount: 500 };
  return { perMember: 100, ...base, ...terms } as CouponDefinition;
}

/** The shop's policy with these coupons in place of its own. */
export function couponPolicy(coupons: readonly CouponDefinition[], changes: Partial<Policy> = {}): Policy {
  const { stamp: _, ...document } = { ...currentPolicy, ...changes };
  // The voucher that the benefits name stays, as a policy without it would not be valid.
  const kept = currentPolicy.coupons.filter((it) => coupons.every(({ id }) => id !== it.id));
  return stamped({ ...document, coupons: [...coupons, ...kept] });
}

export function couponPolicies(...coupons: CouponDefinition[]): Policies {
  return always(couponPolicy(coupons));
}

/** A coupon of ann's, issued on 5 January unless told otherwise. */
export function issuedCoupon(
  terms: Partial<CouponDefinition> = {},
  parts: Partial<Omit<CouponRecord, 'issued'>> & { memberId?: string; issuedAt?: string } = {},
): IssuedCoupon {
  const { memberId = 'ann', issuedAt = '2026-01-05', ...rest } = parts;
  return {
    ...newCoupon('c1'),
    version: 1,
    issued: {
      memberId,
      definition: definition({ id: 'ten', validDays: 30, ...terms }),
      issuedAtMs: at(issuedAt),
      year: 2026,
      policyStamp: currentPolicy.stamp,
    },
    ...rest,
  };
}

/** What a coupon knows of an order of ann's. */
export function namedBy(
  orderId: string,
  placedAt: string,
  parts: Partial<CouponOrder> & { cancelledAt?: string } = {},
) {
  const { cancelledAt, ...rest } = parts;
  return {
    orderId,
    version: 1,
    memberId: 'ann',
    placedAtMs: at(placedAt),
    ...(cancelledAt !== undefined && { cancelledAtMs: at(cancelledAt) }),
    ...rest,
  } satisfies CouponOrder;
}
