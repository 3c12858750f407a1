import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { submissionOf } from '../../domain/review/review-facts.ts';
import type { ReviewRecord } from '../../domain/review/review-record.ts';
import type { StarredReview } from '../../domain/text/train-from-stars.ts';
import { reputationKeys } from './keys.ts';
import { type Item, readRecord } from './profile-records.ts';
import { reviewStore } from './review-store.ts';

export type StarredReviewStore = {
  /** Published reviews in a language that a model knows, with their words: the latest, so many at most. */
  load(limit: number): Promise<StarredReview[]>;
};

type Found = StarredReview & { reviewId: string; eventId: string; atMs: number };

/** What a shop's reviews say and how many stars they give, by a scan of the Reputation table. */
export function starredReviewStore(client: DynamoDBClient, table: string): StarredReviewStore {
  const reviews = reviewStore(client, table);
  return {
    async load(limit) {
      const found: Found[] = [];
      let start: Item | undefined;
      do {
        const { Items = [], LastEvaluatedKey } = await client.send(
          new ScanCommand({
            TableName: table,
            FilterExpression: 'sk = :review',
            ExpressionAttributeValues: { ':review': { S: reputationKeys.review('').sk } },
            ...(start && { ExclusiveStartKey: start }),
          }),
        );
        found.push(...Items.flatMap(starredOf));
        start = LastEvaluatedKey;
      } while (start !== undefined);
      const latest = found.sort((a, b) => b.atMs - a.atMs).slice(0, limit);
      const words = await reviews.loadWords(latest);
      return latest.map(({ reviewId, stars, language }) => {
        const { title, text } = words.get(reviewId) ?? {};
        return { stars, language, text: [title, text].filter((it) => it !== undefined).join('\n') };
      });
    },
  };
}

function starredOf(item: Item): Found[] {
  const record = readRecord<Omit<ReviewRecord, 'version'>>(item);
  const submission = record && submissionOf(record.facts);
  const language = submission?.data.text?.language;
  if (record?.standing?.state !== 'published' || submission === undefined) return [];
  if (language !== 'zh' && language !== 'en') return [];
  const { eventId, atMs, data } = submission;
  return [{ reviewId: record.reviewId, eventId, atMs, stars: data.ratings.product, language, text: '' }];
}
