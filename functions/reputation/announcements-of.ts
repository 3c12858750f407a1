import { complaintOf } from '../../shared/adapters/dynamo/complaint-store.ts';
import { readRecord } from '../../shared/adapters/dynamo/profile-records.ts';
import { reviewOf } from '../../shared/adapters/dynamo/review-store.ts';
import { sanctionOf } from '../../shared/adapters/dynamo/sanction-store.ts';
import { complaintAnnouncements } from '../../shared/domain/complaint/announce-complaint.ts';
import {
  type Announcement,
  announceCredit,
  announceReview,
  announceScore,
} from '../../shared/domain/reputation/announce.ts';
import type { Scored } from '../../shared/domain/reputation/scored.ts';
import type { ReviewerRecord } from '../../shared/domain/review/reviewer-record.ts';
import { sanctionAnnouncements } from '../../shared/domain/sanction/announce-sanction.ts';
import type { ItemChange } from '../../shared/runtime/stream-handler.ts';

/** What a change of the Reputation table is to others. */
export function announcementsOf({ keys, before, after }: ItemChange): Announcement[] {
  const sk = keys.sk?.S;
  if (after === undefined) return [];
  if (sk === 'REVIEW') {
    const reviewId = (keys.pk?.S ?? '').slice('REVIEW#'.length);
    return announceReview(reviewOf(reviewId, before).record, reviewOf(reviewId, after).record);
  }
  if (sk === 'REVIEWER') {
    const record = readRecord<Omit<ReviewerRecord, 'version'>>(after);
    return record === undefined ? [] : announceCredit(readRecord<Omit<ReviewerRecord, 'version'>>(before), record);
  }
  if (sk === 'COMPLAINT') return complaintAnnouncements(complaintOf(before), complaintOf(after));
  if (sk === 'SANCTION') return sanctionAnnouncements(sanctionOf(before), sanctionOf(after));
  if (sk === 'SCORE') {
    const scored = readRecord<Omit<Scored, 'version'>>(after);
    return scored === undefined ? [] : announceScore(scored);
  }
  return [];
}
