import { ConditionalCheckFailedException, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Standing } from '../../domain/recommend/product-facts.ts';
import {
  type RestrictionFact,
  type StandingRecord,
  type StandingTarget,
  standingOf,
} from '../../domain/recommend/standing-fold.ts';
import { fromAttribute, toItem } from './attributes.ts';
import { batchGet } from './batch-get.ts';
import { changeAt, LATEST_FACT_WINS } from './catalog-store.ts';
import { catalogKeys } from './keys.ts';
import { writeFailure } from './profile-records.ts';

export type StandingStore = {
  /** `older`: a later grade is known, or this one. */
  saveGrade(standing: Standing & { kind: 'product' }, nowMs: number): Promise<'saved' | 'older'>;
  /** What is known of the cases against a brand or a supplier, as it is at this moment. */
  load(target: StandingTarget): Promise<StandingRecord>;
  /** Throws WriteConflict where it has changed since it was read. */
  save(record: StandingRecord, nowMs: number): Promise<void>;
};

/** What reputation says of products, brands and suppliers, beside them in the Catalog table, and in a feed of changes. */
export function standingStore(client: DynamoDBClient, table: string): StandingStore {
  return {
    async saveGrade(standing, nowMs) {
      const { kind, id, asOf, eventId } = standing;
      const put = new PutItemCommand({
        TableName: table,
        Item: toItem({ ...catalogKeys.standing(kind, id), ...standing, ...changeAt('standings', nowMs) }),
        ConditionExpression: LATEST_FACT_WINS,
        ExpressionAttributeValues: { ':asOf': { S: asOf }, ':eventId': { S: eventId } },
      });
      try {
        await client.send(put);
        return 'saved';
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return 'older';
        throw error;
      }
    },

    async load(target) {
      const key = catalogKeys.standing(target.kind, target.id);
      const [item] = await batchGet(client, table, [key], { consistent: true });
      if (item?.v?.N === undefined || item.facts === undefined) return { target, version: 0, facts: [] };
      return { target, version: Number(item.v.N), facts: fromAttribute(item.facts) as unknown as RestrictionFact[] };
    },

    async save(record, nowMs) {
      const { target, version, facts } = record;
      const standing = standingOf(record);
      const item = {
        ...catalogKeys.standing(target.kind, target.id),
        ...standing,
        ...changeAt('standings', nowMs),
        v: version,
        facts,
      };
      try {
        await client.send(
          new PutItemCommand({
            TableName: table,
            Item: toItem(item),
            ...(version === 1
              ? { ConditionExpression: 'attribute_not_exists(pk)' }
              : {
                  ConditionExpression: 'v = :before',
                  ExpressionAttributeValues: { ':before': { N: String(version - 1) } },
                }),
          }),
        );
      } catch (error) {
        throw writeFailure(error);
      }
    },
  };
}
