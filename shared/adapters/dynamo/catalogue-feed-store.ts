import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { ProductFacts, Standing } from '../../domain/recommend/product-facts.ts';
import { fromItem } from './attributes.ts';
import { CHANGES_FEED, CHANGES_INDEX } from './keys.ts';
import type { Item } from './profile-records.ts';

/** What has changed in the catalogue, in no order that matters: each fact says by itself whether it is the later one. */
export type CatalogueChanges = {
  products: ProductFacts[];
  standings: Standing[];
  /** Up to which change has been read, RFC 3339 in UTC; what was asked from where nothing has changed since. */
  upTo: string | undefined;
  /** False where the limit was reached: there is more after `upTo`, or, where all was asked for, there are older ones. */
  complete: boolean;
};

export type CatalogueFeedStore = {
  /**
   * What changed from an instant on, oldest first; without one all there is, newest first. At most about `limit` changes. A change is
   * in the index a moment after it was written, and clocks of writers differ: so ask again from a little before `upTo`.
   */
  changedSince(changedAt: string | undefined, limit: number): Promise<CatalogueChanges>;
};

/** The feed of changes of the Catalog table. */
export function catalogueFeedStore(client: DynamoDBClient, table: string): CatalogueFeedStore {
  return {
    async changedSince(changedAt, limit) {
      const changes: CatalogueChanges = { products: [], standings: [], upTo: changedAt, complete: true };
      let start: Item | undefined;
      let left = limit;
      do {
        const answer = await client.send(
          new QueryCommand({
            TableName: table,
            IndexName: CHANGES_INDEX,
            KeyConditionExpression: `feed = :feed${changedAt === undefined ? '' : ' AND changedAt >= :from'}`,
            ExpressionAttributeValues: {
              ':feed': { S: CHANGES_FEED },
              ...(changedAt !== undefined && { ':from': { S: changedAt } }),
            },
            ScanIndexForward: changedAt !== undefined,
            Limit: left,
            ...(start && { ExclusiveStartKey: start }),
          }),
        );
        for (const item of answer.Items ?? []) take(item, changes);
        left -= answer.Items?.length ?? 0;
        start = answer.LastEvaluatedKey;
      } while (start !== undefined && left > 0);
      return { ...changes, complete: start === undefined };
    },
  };
}

function take(item: Item, changes: CatalogueChanges): void {
  const { pk: _pk, sk, feed: _feed, changedAt, ...content } = fromItem(item);
  if (typeof changedAt === 'string' && changedAt > (changes.upTo ?? '')) changes.upTo = changedAt;
  if (sk === 'STANDING') changes.standings.push(content as unknown as Standing);
  else if (sk === 'PRODUCT') changes.products.push(content as unknown as ProductFacts);
}
