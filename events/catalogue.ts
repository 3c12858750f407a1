import { productCarted } from './behaviour/product-carted.v1.ts';
import { productFavourited } from './behaviour/product-favourited.v1.ts';
import { productViewed } from './behaviour/product-viewed.v1.ts';
import { recommendationClicked } from './behaviour/recommendation-clicked.v1.ts';
import { recommendationShown } from './behaviour/recommendation-shown.v1.ts';
import { brandUpserted } from './catalog/brand-upserted.v1.ts';
import { productUpserted } from './catalog/product-upserted.v1.ts';
import { complaintAnswered } from './complaint/complaint-answered.v1.ts';
import { complaintDecided } from './complaint/complaint-decided.v1.ts';
import { complaintOpened } from './complaint/complaint-opened.v1.ts';
import { complaintRated } from './complaint/complaint-rated.v1.ts';
import type { EventDefinition } from './define-event.ts';
import { pointsAvailable } from './loyalty/points-available.v1.ts';
import { pointsEarned } from './loyalty/points-earned.v1.ts';
import { pointsExpired } from './loyalty/points-expired.v1.ts';
import { pointsExpiresSoon } from './loyalty/points-expires-soon.v1.ts';
import { pointsRedeemed } from './loyalty/points-redeemed.v1.ts';
import { pointsRefunded } from './loyalty/points-refunded.v1.ts';
import { pointsReversed } from './loyalty/points-reversed.v1.ts';
import { referralCompleted } from './loyalty/referral-completed.v1.ts';
import { referralWithdrawn } from './loyalty/referral-withdrawn.v1.ts';
import { tierChanged } from './loyalty/tier-changed.v1.ts';
import { memberCheckedIn } from './member/member-checked-in.v1.ts';
import { memberConsentChanged } from './member/member-consent-changed.v1.ts';
import { memberIdentified } from './member/member-identified.v1.ts';
import { memberRegistered } from './member/member-registered.v1.ts';
import { memberUpdated } from './member/member-updated.v1.ts';
import { orderCancelled } from './order/order-cancelled.v1.ts';
import { orderCompleted } from './order/order-completed.v1.ts';
import { orderPlaced } from './order/order-placed.v1.ts';
import { orderReturned } from './order/order-returned.v1.ts';
import { inspectionCompleted } from './quality/inspection-completed.v1.ts';
import { brandReinstated } from './reputation/brand-reinstated.v1.ts';
import { brandRestricted } from './reputation/brand-restricted.v1.ts';
import { complaintChanged } from './reputation/complaint-changed.v1.ts';
import { complaintOverdue } from './reputation/complaint-overdue.v1.ts';
import { gradeChanged } from './reputation/grade-changed.v1.ts';
import { reputationChanged } from './reputation/reputation-changed.v1.ts';
import { reviewHeld } from './reputation/review-held.v1.ts';
import { reviewPublished } from './reputation/review-published.v1.ts';
import { reviewRejected } from './reputation/review-rejected.v1.ts';
import { sanctionChanged } from './reputation/sanction-changed.v1.ts';
import { reviewRemoved } from './review/review-removed.v1.ts';
import { reviewSubmitted } from './review/review-submitted.v1.ts';
import { reviewVoted } from './review/review-voted.v1.ts';

/** Every event version there is, once. Intake, documents, infrastructure and tests go by this list. */
export const catalogue: readonly EventDefinition[] = [
  memberRegistered,
  memberUpdated,
  memberIdentified,
  memberConsentChanged,
  memberCheckedIn,
  productUpserted,
  brandUpserted,
  orderPlaced,
  orderCompleted,
  orderCancelled,
  orderReturned,
  reviewSubmitted,
  reviewVoted,
  reviewRemoved,
  complaintOpened,
  complaintAnswered,
  complaintDecided,
  complaintRated,
  inspectionCompleted,
  productViewed,
  productCarted,
  productFavourited,
  recommendationShown,
  recommendationClicked,
  pointsEarned,
  pointsAvailable,
  pointsReversed,
  pointsRedeemed,
  pointsRefunded,
  pointsExpired,
  pointsExpiresSoon,
  referralCompleted,
  referralWithdrawn,
  tierChanged,
  reviewPublished,
  reviewHeld,
  reviewRejected,
  reputationChanged,
  gradeChanged,
  brandRestricted,
  brandReinstated,
  sanctionChanged,
  complaintChanged,
  complaintOverdue,
] as readonly EventDefinition[];

const byType = new Map(catalogue.map((definition) => [definition.type, definition]));

/** The definition of an event type, or undefined where there is none. */
export function findEvent(type: string): EventDefinition | undefined {
  return byType.get(type);
}
