import { ConditionalCheckFailedException, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { BrandRecord, ProductRecord } from '../../domain/catalog/records.ts';
import { type ItemMap, toItem } from './attributes.ts';
import { batchGet } from './batch-get.ts';
import { type CatalogueFeed, catalogKeys, type Key } from './keys.ts';

export type CatalogStore = {
  /** `older`: the catalogue knows a later fact, so this one changes nothing. */
  saveProduct(product: ProductRecord, nowMs: number): Promise<'saved' | 'older'>;
  saveBrand(brand: BrandRecord): Promise<'saved' | 'older'>;
  knows(kind: 'product' | 'brand', id: string): Promise<boolean>;
};

/** The latest fact wins, by its time and then by its event id; the write itself decides, whatever runs beside it. */
export const LATEST_FACT_WINS = 'attribute_not_exists(pk) OR asOf < :asOf OR (asOf = :asOf AND eventId < :eventId)';

/** What puts an item into a feed of changes: the instant is that of the write, so that whoever reads on misses no late fact. */
export function changeAt(feed: CatalogueFeed, nowMs: number): { feed: string; changedAt: string } {
  return { feed, changedAt: new Date(nowMs).toISOString() };
}

/** The Catalog table. */
export function catalogStore(client: DynamoDBClient, table: string): CatalogStore {
  const save = async (key: Key, record: ItemMap & { asOf: string; eventId: string }) => {
    const put = new PutItemCommand({
      TableName: table,
      Item: toItem({ ...key, ...record }),
      ConditionExpression: LATEST_FACT_WINS,
      ExpressionAttributeValues: { ':asOf': { S: record.asOf }, ':eventId': { S: record.eventId } },
    });
    try {
      await client.send(put);
      return 'saved';
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return 'older';
      throw error;
    }
  };
  return {
    saveProduct: (product, nowMs) =>
      save(catalogKeys.product(product.productId), { ...product, ...changeAt('changes', nowMs) }),
    saveBrand: (brand) => save(catalogKeys.brand(brand.brandId), brand),
    async knows(kind, id) {
      return (await batchGet(client, table, [catalogKeys[kind](id)], { attributes: ['pk'] })).length > 0;
    },
  };
}
