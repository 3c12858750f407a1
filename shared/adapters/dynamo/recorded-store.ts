import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Recorded } from '../../domain/backtest/recorded.ts';
import type { CauseRecord } from '../../domain/loyalty/cause-facts.ts';
import type { OrderRecord } from '../../domain/loyalty/order-facts.ts';
import type { Visitor } from '../../domain/loyalty/visitor.ts';
import { profileKeys } from './keys.ts';
import { type Item, readRecord } from './profile-records.ts';

export type RecordedLimits = { orders: number; causes: number };

export type RecordedStore = {
  /** All that was recorded, read once through; undefined where it is more than the limits. */
  load(limits: RecordedLimits): Promise<Recorded | undefined>;
};

/** Read side by side; each is a request at a time, of up to a megabyte. */
const SEGMENTS = 8;

const ORDER = profileKeys.order('').sk;
const VISITOR = profileKeys.visitor('').sk;

/**
 * The Profile table as a back-test sees it: every order, every other cause and every visitor, by a scan. Eventually
 * consistent, at half the price: what was recorded a moment ago changes no comparison.
 */
export function recordedStore(client: DynamoDBClient, table: string): RecordedStore {
  return {
    async load(limits) {
      const found = { orders: [] as OrderRecord[], causes: [] as CauseRecord[], visitors: new Map<string, Visitor>() };
      const tooMany = () => found.orders.length > limits.orders || found.causes.length > limits.causes;
      const readSegment = async (segment: number): Promise<void> => {
        let start: Item | undefined;
        do {
          const { Items = [], LastEvaluatedKey } = await client.send(scanOf(table, segment, start));
          for (const item of Items) take(item, found);
          start = LastEvaluatedKey;
        } while (start !== undefined && !tooMany());
      };
      await Promise.all(Array.from({ length: SEGMENTS }, (_, segment) => readSegment(segment)));
      return tooMany() ? undefined : found;
    },
  };
}

function scanOf(table: string, segment: number, start: Item | undefined): ScanCommand {
  return new ScanCommand({
    TableName: table,
    Segment: segment,
    TotalSegments: SEGMENTS,
    FilterExpression: 'sk IN (:order, :visitor) OR begins_with(sk, :cause)',
    ExpressionAttributeValues: {
      ':order': { S: ORDER },
      ':visitor': { S: VISITOR },
      ':cause': { S: profileKeys.causePrefix },
    },
    ...(start && { ExclusiveStartKey: start }),
  });
}

function take(
  item: Item,
  found: { orders: OrderRecord[]; causes: CauseRecord[]; visitors: Map<string, Visitor> },
): void {
  const record = readRecord<OrderRecord | CauseRecord | Visitor>(item);
  if (record === undefined) return;
  if ('orderId' in record) found.orders.push(record);
  else if ('causeId' in record) found.causes.push(record);
  else found.visitors.set(record.anonymousId, record);
}
