import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { ProductFacts, Standing } from '../../domain/recommend/product-facts.ts';
import { fromItem } from './attributes.ts';
import { type CatalogueFeed, CHANGES_INDEX } from './keys.ts';
import type { Item } from './profile-records.ts';

/** What has changed in the catalogue, in no order that matters: each fact says by itself whether it is the later one. */
export type CatalogueChanges = {
  products: ProductFacts[];
  standings: Standing[];
  /** Up to which change has been read, RFC 3339 in UTC; what was asked from where nothing has changed since. */
  upTo: string | undefined;
  /** False where the limit was reached: there is more from `upTo` on, or, where all was asked for, there are older ones. */
  complete: boolean;
};

export type CatalogueFeedStore = {
  /**
   * What changed from an instant on, oldest first; without one all there is, newest first. At most `limit` products and `limit`
   * standings. A change is in the index a moment after it was written, and clocks of writers differ: so begin to read on a little before
   * `upTo`, and where that was not complete, go on from `upTo` itself.
   */
  changedSince(changedAt: string | undefined, limit: number): Promise<CatalogueChanges>;
  /** What reputation says of whom, newest first: for whoever knows the products from a model, which knows nothing of it. */
  standings(limit: number): Promise<Standing[]>;
};

type Page = { items: Record<string, unknown>[]; isComplete: boolean };

/** The feeds of changes of the Catalog table. */
export function catalogueFeedStore(client: DynamoDBClient, table: string): CatalogueFeedStore {
  const read = async (feed: CatalogueFeed, from: string | undefined, limit: number): Promise<Page> => {
    const items: Record<string, unknown>[] = [];
    let start: Item | undefined;
    do {
      const answer = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: CHANGES_INDEX,
          KeyConditionExpression: `feed = :feed${from === undefined ? '' : ' AND changedAt >= :from'}`,
          ExpressionAttributeValues: { ':feed': { S: feed }, ...(from !== undefined && { ':from': { S: from } }) },
          ScanIndexForward: from !== undefined,
          Limit: limit - items.length,
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      items.push(...(answer.Items ?? []).map(fromItem));
      start = answer.LastEvaluatedKey;
    } while (start !== undefined && items.length < limit);
    return { items, isComplete: start === undefined };
  };

  return {
    async changedSince(changedAt, limit) {
      const pages = await Promise.all([read('changes', changedAt, limit), read('standings', changedAt, limit)]);
      const [products, standings] = pages;
      return {
        products: products.items.map((item) => contentOf<ProductFacts>(item)),
        standings: standings.items.map((item) => contentOf<Standing>(item)),
        upTo: reached(changedAt, pages),
        complete: products.isComplete && standings.isComplete,
      };
    },

    async standings(limit) {
      const { items } = await read('standings', undefined, limit);
      return items.map((item) => contentOf<Standing>(item));
    },
  };
}

/** Up to which change all is known: where pages were cut off, to the end of the one that ended first. */
function reached(from: string | undefined, pages: readonly Page[]): string | undefined {
  const cut = from === undefined ? [] : pages.filter(({ isComplete }) => !isComplete);
  const ends = (cut.length > 0 ? cut : pages)
    .flatMap(({ items }) =>
      items
        .map(({ changedAt }) => String(changedAt))
        .toSorted()
        .slice(-1),
    )
    .toSorted();
  return (cut.length > 0 ? ends[0] : ends.at(-1)) ?? from;
}

/** The item without what puts it into a table and a feed. */
function contentOf<Content>(item: Record<string, unknown>): Content {
  const { pk: _pk, sk: _sk, feed: _feed, changedAt: _changedAt, ...content } = item;
  return content as Content;
}
