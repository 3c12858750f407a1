import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { type ListedPlace, listedReview } from '../../domain/review/listed-review.ts';
import type { ReviewRecord } from '../../domain/review/review-record.ts';
import { type Key, reputationKeys } from './keys.ts';
import { keyItem, putRecord } from './profile-records.ts';
import { shardOf } from './shards.ts';

/** A product's reviews are listed on this many partitions, so that no key is written by every review of it. */
export const LISTED_SHARDS = 4;

/** What to write so that a product's page lists a review as it stands now, and no longer as it stood before. */
export function listedWrites(table: string, before: ReviewRecord, after: ReviewRecord): TransactWriteItem[] {
  const was = listedReview(before);
  const is = listedReview(after);
  if (JSON.stringify(was) === JSON.stringify(is)) return [];
  const kept = new Set((is === undefined ? [] : keysOf(is.place)).map(nameOf));
  const gone = was === undefined ? [] : keysOf(was.place).filter((key) => !kept.has(nameOf(key)));
  const puts = is === undefined ? [] : keysOf(is.place).map((key) => ({ key, row: is.row }));
  return [
    ...gone.map((key): TransactWriteItem => ({ Delete: { TableName: table, Key: keyItem(key) } })),
    ...puts.map(({ key, row }): TransactWriteItem => {
      // The review's own version stands guard in the same transaction.
      const { TableName, Item } = putRecord(table, key, { ...row, version: 1 });
      return { Put: { TableName, Item } };
    }),
  ];
}

function keysOf({ productId, atMs, reviewId, helpful }: ListedPlace): Key[] {
  const shard = shardOf(reviewId, LISTED_SHARDS);
  const time = new Date(atMs).toISOString();
  const newest = reputationKeys.listed(productId, shard, { time, reviewId });
  return helpful === 0
    ? [newest]
    : [newest, reputationKeys.listedHelpful(productId, shard, { helpful, time, reviewId })];
}

function nameOf({ pk, sk }: Key): string {
  return `${pk} ${sk}`;
}
