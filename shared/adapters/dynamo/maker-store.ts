import { DeleteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Makers } from '../../domain/reputation/counted-order.ts';
import { batchGet } from './batch-get.ts';
import { batchPut } from './batch-put.ts';
import { catalogKeys, type Key, reputationKeys } from './keys.ts';
import { type Item, keyItem } from './profile-records.ts';
import { queryPages } from './query-pages.ts';

/** A source that names a product: an order, an inspection, a complaint. */
export type ProductOfSource = { productId: string; source: Key };

export type MakerStore = {
  /**
   * Whose products are, by the catalogue. Where it does not know a product yet, the source is noted as waiting for it: it is
   * counted for brand and supplier as soon as the product is told of, whichever comes first.
   */
  makersOf(wanted: readonly ProductOfSource[], nowMs: number): Promise<Makers>;
  /** The sources that wait for a product, a page at a time. */
  awaiting(productId: string): AsyncGenerator<Key[]>;
  /** Takes away the notes of sources that have been counted anew. */
  counted(productId: string, sources: readonly Key[]): Promise<void>;
};

/** A shop that has not told of a product for so long is not going to. */
const WAIT_MS = 90 * 86_400_000;

/** Makers of products in the Catalog table, and who waits for them in the Reputation table. */
export function makerStore(client: DynamoDBClient, tables: { reputation: string; catalog: string }): MakerStore {
  const read = async (
    productIds: readonly string[],
  ): Promise<Map<string, { brandId?: string | undefined; supplierId?: string | undefined }>> => {
    const items = await batchGet(client, tables.catalog, productIds.map(catalogKeys.product), {
      attributes: ['productId', 'brandId', 'supplierId'],
      consistent: true,
    });
    return new Map(
      items.map((item) => [item.productId?.S ?? '', { brandId: item.brandId?.S, supplierId: item.supplierId?.S }]),
    );
  };
  return {
    async makersOf(wanted, nowMs) {
      if (wanted.length === 0) return new Map();
      const known = await read(wanted.map(({ productId }) => productId));
      const unknown = wanted.filter(({ productId }) => !known.has(productId));
      if (unknown.length === 0) return known;
      await batchPut(
        client,
        tables.reputation,
        unknown.map((it) => noteOf(it, nowMs)),
      );
      // The product may have been told of since: who follows the catalogue would then have come before the note.
      const since = await read(unknown.map(({ productId }) => productId));
      return new Map([...known, ...since]);
    },

    async *awaiting(productId) {
      const { pk } = reputationKeys.awaiting(productId, { pk: '', sk: '' });
      for await (const items of queryPages(client, tables.reputation, pk)) {
        yield items.map((item) => ({ pk: item.sourcePk?.S ?? '', sk: item.sourceSk?.S ?? '' }));
      }
    },

    async counted(productId, sources) {
      const keys = sources.map((source) => keyItem(reputationKeys.awaiting(productId, source)));
      await Promise.all(keys.map((Key) => client.send(new DeleteItemCommand({ TableName: tables.reputation, Key }))));
    },
  };
}

function noteOf({ productId, source }: ProductOfSource, nowMs: number): Item {
  return {
    ...keyItem(reputationKeys.awaiting(productId, source)),
    sourcePk: { S: source.pk },
    sourceSk: { S: source.sk },
    ttl: { N: String(Math.floor((nowMs + WAIT_MS) / 1_000)) },
  };
}
