import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ReviewerRecord } from '../../domain/review/reviewer-record.ts';
import { batchGet } from './batch-get.ts';
import { reputationKeys } from './keys.ts';
import { readRecord } from './profile-records.ts';

export type ReviewerStore = {
  /** What a member has reviewed; undefined for one who has not. */
  load(memberId: string): Promise<ReviewerRecord | undefined>;
};

/** The authors of reviews, in the Reputation table. */
export function reviewerStore(client: DynamoDBClient, table: string): ReviewerStore {
  return {
    async load(memberId) {
      const [item] = await batchGet(client, table, [reputationKeys.reviewer(memberId)], { consistent: true });
      return readRecord<Omit<ReviewerRecord, 'version'>>(item);
    },
  };
}
