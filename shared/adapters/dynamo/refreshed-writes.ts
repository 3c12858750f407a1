import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { RefreshedReview } from '../../domain/review/refresh-review.ts';
import type { ReviewerRecord } from '../../domain/review/reviewer-record.ts';
import { reputationKeys } from './keys.ts';
import { listedWrites } from './listed-writes.ts';
import { putRecord } from './profile-records.ts';
import { attentionOf, type StoredReview } from './review-store.ts';
import { putSource, touching } from './sources.ts';
import { countsOf, deltaOf, type SourceChange } from './tally-store.ts';

export type RefreshedWrites = {
  /** What to write of a review that was looked at anew; nothing where nothing has changed. */
  changeOf(before: StoredReview, reviewer: ReviewerRecord, after: RefreshedReview): SourceChange[];
};

/** The writes of the Reputation table that follow from where reviews stand. */
export function refreshedWrites(table: string): RefreshedWrites {
  return {
    changeOf({ record, item }, reviewer, after) {
      const { counted = '{}' } = countsOf(item);
      if (!after.changed && !after.reviewerChanged && after.due === counted) return [];
      const next = { ...after.record, version: record.version + 1 };
      const cause = next.standing?.cause;
      const attributes = {
        due: after.due,
        counted: after.due,
        cause,
        attention: attentionOf(next),
        // As it was: that a review stands elsewhere asks nobody to look at it again.
        ...(item?.mark?.S !== undefined && { mark: item.mark.S }),
      };
      const writes: TransactWriteItem[] = [
        { Put: putSource(table, reputationKeys.review(record.reviewId), next, item, attributes) },
        ...listedWrites(table, record, next),
      ];
      if (after.reviewerChanged) {
        const put = putRecord(table, reputationKeys.reviewer(reviewer.memberId), {
          ...after.reviewer,
          version: reviewer.version + 1,
        });
        writes.push({ Put: { ...put, Item: { ...put.Item, ...touching(after.touched) } } });
      }
      return [{ writes, delta: deltaOf(after.due, counted), ...(cause && { cause }) }];
    },
  };
}
