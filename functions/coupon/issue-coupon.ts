import type { CouponStore } from '../../shared/adapters/dynamo/coupon-store.ts';
import { type IssuedCoupon, newCoupon } from '../../shared/domain/coupon/coupon.ts';
import { type CommandRefusal, decideIssue, type IssueCommand } from '../../shared/domain/coupon/decide-coupon.ts';
import { newWallet } from '../../shared/domain/coupon/wallet.ts';
import type { Policies } from '../../shared/policy/policies.ts';

export type IssueOutcome =
  | { kind: 'issue' | 'duplicate'; coupon: IssuedCoupon }
  | { kind: 'unknown_member' }
  | CommandRefusal;

/** One attempt to give a member a unit of a coupon; throws WriteConflict where somebody else was faster. */
export async function issueCoupon(
  command: IssueCommand,
  { coupons, policies, nowMs }: { coupons: CouponStore; policies: Policies; nowMs: number },
): Promise<IssueOutcome> {
  const { couponId, memberId, definitionId } = command;
  const {
    coupon = newCoupon(couponId),
    wallet = newWallet(memberId),
    memberKnown,
  } = await coupons.loadWithWallet(couponId, memberId);
  if (!memberKnown) return { kind: 'unknown_member' };
  const decision = decideIssue({ coupon, wallet }, command, policies, nowMs);
  if (decision.kind !== 'issue') return decision;
  if ((await coupons.saveIssue(decision)) === 'saved') return decision;
  const detail = `All ${decision.budget} units of ${definitionId} are out.`;
  return { kind: 'refused', code: 'coupon_budget_exhausted', detail };
}
