import { ownersOf } from '../../shared/adapters/dynamo/belongings-store.ts';
import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import { anonymiseReviewOf } from './anonymise-reviews.ts';
import { closeAccount } from './close-account.ts';
import { eraseComplaintOf } from './erase-complaints.ts';
import { findMember } from './find-member.ts';
import { forgetCoupons } from './forget-coupons.ts';
import type { ErasureStores } from './stores.ts';

/** `isTime`: whether there is time for another step. */
export type Erasing = { receiptId: string; nowMs: number; isTime: () => boolean };

/**
 * Goes through all that is an erased member's and removes it, or what says whose it is. What leads to something else goes after it, so
 * that a run that was cut off is gone on with by the next, from wherever it came to. False where time was up before the end.
 */
export async function goThrough(memberId: string, erasing: Erasing, stores: ErasureStores): Promise<boolean> {
  const { receiptId, nowMs, isTime } = erasing;
  const { belongings, erasures, inbox } = stores;
  const [all, noted] = await Promise.all([findMember(memberId, stores, nowMs), erasures.reviewsOf(memberId)]);
  const reviews = [...new Set([...noted, ...all.reviews])];
  const steps: (() => Promise<void>)[] = [
    () => erasures.destroyKeys([`MEMBER#${memberId}`, ...all.owners]),
    ...reviews.map((id) => () => anonymiseReviewOf(id, nowMs, stores)),
    ...reviews.map((id) => () => belongings.emptyVault(`REVIEW#${id}`)),
    () => belongings.forgetReviewer(memberId),
    ...all.votes.map(
      (reviewId) => () => retried(() => belongings.anonymiseVote({ reviewId, voterId: memberId, receiptId })),
    ),
    ...all.complaints.map((id) => () => eraseComplaintOf(id, stores)),
    ...all.complaints.map((id) => () => belongings.emptyVault(`COMPLAINT#${id}`)),
    () => belongings.emptyVault(`MEMBER#${memberId}`),
    () => forgetCoupons(all.coupons, nowMs, stores),
    () => belongings.forgetWallet(memberId, all.walletPages),
    async () => belongings.forgetBirthdays(memberId, await stores.birthdays()),
    ...all.refused.map((it) => () => inbox.forgetRefusal(it)),
    () => belongings.forgetHistories(ownersOf(memberId, all.visitors)),
    ...all.visitors.map((id) => () => retried(() => belongings.forgetVisitor(id, memberId))),
    () => belongings.forgetRegistration(memberId),
    // The account last: orders are found by it until then, and it stays, closed.
    () => closeAccount(memberId, receiptId, stores, nowMs),
  ];
  for (const step of steps) {
    if (!isTime()) return false;
    await step();
  }
  return true;
}

/** Somebody else has written it in between: once more from the start of the step. */
function retried(step: () => Promise<void>): Promise<void> {
  return retryConflicts(WriteConflict, step);
}
