import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Makers } from '../../domain/reputation/counted-order.ts';
import { batchGet } from './batch-get.ts';
import { catalogKeys } from './keys.ts';

/** Whose products are, by the catalogue; those it does not know are left out. */
export async function makersOf(client: DynamoDBClient, table: string, productIds: readonly string[]): Promise<Makers> {
  if (productIds.length === 0) return new Map();
  const items = await batchGet(client, table, productIds.map(catalogKeys.product), {
    attributes: ['productId', 'brandId', 'supplierId'],
    consistent: true,
  });
  return new Map(
    items.map(({ productId, brandId, supplierId }) => [
      productId?.S ?? '',
      { brandId: brandId?.S, supplierId: supplierId?.S },
    ]),
  );
}
