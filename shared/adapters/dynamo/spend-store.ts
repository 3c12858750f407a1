import { ConditionalCheckFailedException, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { batchGet } from './batch-get.ts';
import { recommendKeys } from './keys.ts';
import { keyItem } from './profile-records.ts';

export type SpendRequest = {
  /** `2026-11`. */
  month: string;
  /** What is about to be spent, in micro-dollars. */
  costMicros: number;
  /** The most that the month may cost. */
  capMicros: number;
};

export type SpendStore = {
  /**
   * Counts what is about to be spent, unless the month would cost more than its cap. The limit is the condition of the write, so it holds whatever the
   * concurrency; a write whose answer was lost may be counted twice, never left out.
   */
  reserve(request: SpendRequest): Promise<'reserved' | 'cap_reached'>;
  /** What has been counted of a month, in micro-dollars. */
  spentMicros(month: string): Promise<number>;
};

/** What a service costs, by month, in the Recommend table. */
export function spendStore(client: DynamoDBClient, table: string, service: string): SpendStore {
  /** A month that is spent stays so until the policy allows more: nobody has to be asked again. */
  let exhausted: SpendRequest | undefined;
  return {
    async reserve(request) {
      const { month, costMicros, capMicros } = request;
      if (capMicros === 0 || costMicros > capMicros) return 'cap_reached';
      if (costMicros === 0) return 'reserved';
      const isKnown =
        exhausted?.month === month && capMicros <= exhausted.capMicros && costMicros >= exhausted.costMicros;
      if (isKnown) return 'cap_reached';
      try {
        await client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: keyItem(recommendKeys.spend(service, month)),
            UpdateExpression: 'ADD micros :cost, requests :one',
            ConditionExpression: 'attribute_not_exists(micros) OR micros <= :room',
            ExpressionAttributeValues: {
              ':cost': { N: String(costMicros) },
              ':one': { N: '1' },
              ':room': { N: String(capMicros - costMicros) },
            },
          }),
        );
        return 'reserved';
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        exhausted = request;
        return 'cap_reached';
      }
    },

    async spentMicros(month) {
      const [item] = await batchGet(client, table, [recommendKeys.spend(service, month)], { consistent: true });
      return Number(item?.micros?.N ?? 0);
    },
  };
}
