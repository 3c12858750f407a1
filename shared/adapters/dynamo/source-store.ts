import { ConditionalCheckFailedException, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Key } from './keys.ts';
import { keyItem } from './profile-records.ts';

export type SourceStore = {
  /** Marks sources as to be looked at again; who follows the table's changes does so. One that is not there stays away. */
  touch(keys: readonly Key[], mark: string): Promise<void>;
};

/** The sources of the Reputation table. */
export function sourceStore(client: DynamoDBClient, table: string): SourceStore {
  return {
    async touch(keys, mark) {
      await Promise.all(
        keys.map(async (key) => {
          const update = new UpdateItemCommand({
            TableName: table,
            Key: keyItem(key),
            UpdateExpression: 'SET mark = :mark',
            ConditionExpression: 'attribute_exists(pk)',
            ExpressionAttributeValues: { ':mark': { S: mark } },
          });
          try {
            await client.send(update);
          } catch (error) {
            if (!(error instanceof ConditionalCheckFailedException)) throw error;
          }
        }),
      );
    },
  };
}
