import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { CHANGES_INDEX } from '../../shared/adapters/dynamo/keys.ts';
import type { Dynoxide } from './dynoxide.ts';

let tableSets = 0;

const key = [
  { AttributeName: 'pk', KeyType: 'HASH' as const },
  { AttributeName: 'sk', KeyType: 'RANGE' as const },
];
const texts = (...names: string[]) => names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const }));

/** What of an item the index repeats; see the shape of the deployed one. */
const REPEATED = [
  ...['productId', 'name', 'brandId', 'supplierId', 'categories', 'price', 'currency', 'availability'],
  ...['kind', 'id', 'grade', 'score', 'restrictions', 'asOf', 'eventId'],
];

/** Makes a Recommend table, and a Catalog table with its index of changes, both empty and under names of their own. */
export async function recommendTables({ client }: Dynoxide): Promise<{ recommend: string; catalog: string }> {
  tableSets += 1;
  const names = { recommend: `recommend-${tableSets}`, catalog: `changing-catalog-${tableSets}` };
  await client.send(
    new CreateTableCommand({
      TableName: names.recommend,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: key,
      AttributeDefinitions: texts('pk', 'sk'),
    }),
  );
  await client.send(
    new CreateTableCommand({
      TableName: names.catalog,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: key,
      AttributeDefinitions: texts('pk', 'sk', 'feed', 'changedAt'),
      GlobalSecondaryIndexes: [
        {
          IndexName: CHANGES_INDEX,
          KeySchema: [
            { AttributeName: 'feed', KeyType: 'HASH' },
            { AttributeName: 'changedAt', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: REPEATED },
        },
      ],
    }),
  );
  return names;
}
