import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ReviewWindow } from '../../domain/review/review-window.ts';
import { reputationKeys } from './keys.ts';
import { LISTED_SHARDS } from './listed-writes.ts';
import { readRecord } from './profile-records.ts';
import { queryPages } from './query-pages.ts';

export type ProductReviewStore = {
  /** The ids of a product's reviews, published or not, a page at a time; some may come twice. `listed`: those that are shown, too. */
  reviewsOf(productId: string, which: { listed: boolean }): AsyncGenerator<string[]>;
};

/** Which reviews a product has, in the Reputation table. */
export function productReviewStore(client: DynamoDBClient, table: string): ProductReviewStore {
  const pages = (pk: string, prefix: string) => queryPages(client, table, pk, prefix);
  return {
    async *reviewsOf(productId, { listed }) {
      // Windows know all but the most crowded hours of a product, and the listing all that is shown.
      const windows = reputationKeys.reviewWindow(productId, 0).pk;
      for await (const items of pages(windows, reputationKeys.reviewWindowPrefix)) {
        const found = items
          .map((item) => readRecord<Omit<ReviewWindow, 'version'>>(item))
          .filter((it) => it !== undefined);
        yield found.flatMap(({ rows }) => rows.map(({ reviewId }) => reviewId));
      }
      for (let shard = 0; listed && shard < LISTED_SHARDS; shard += 1) {
        const { pk } = reputationKeys.listed(productId, shard, { time: '', reviewId: '' });
        for await (const items of pages(pk, reputationKeys.newestPrefix)) {
          yield items.map((item) => item.sk?.S?.split('#').slice(2).join('#') ?? '');
        }
      }
    },
  };
}
