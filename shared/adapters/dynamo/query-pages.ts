import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Item } from './profile-records.ts';

/** The items of a partition whose sort keys begin so, as they are at this moment, a page of up to a megabyte at a time. */
export async function* queryPages(
  client: DynamoDBClient,
  table: string,
  pk: string,
  prefix = '',
): AsyncGenerator<Item[]> {
  const beginning = prefix === '' ? {} : { ':prefix': { S: prefix } };
  let start: Item | undefined;
  do {
    const answer = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: `pk = :pk${prefix === '' ? '' : ' AND begins_with(sk, :prefix)'}`,
        ExpressionAttributeValues: { ':pk': { S: pk }, ...beginning },
        ConsistentRead: true,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    yield answer.Items ?? [];
    start = answer.LastEvaluatedKey;
  } while (start !== undefined);
}
