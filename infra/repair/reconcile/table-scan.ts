import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Item } from '../../../shared/adapters/dynamo/profile-records.ts';

/** A table is read in so many pieces, so many of them at once. */
const SEGMENTS = 16;
const SEGMENTS_AT_ONCE = 4;

/**
 * Reads a table from end to end and hands its pages on, up to a megabyte each; the next page of a segment is read when the one before is
 * done with, so that a large table takes no more memory than a small one. Eventually consistent, at half the price: what seems
 * wrong is read again.
 */
export async function scanTable(
  client: DynamoDBClient,
  table: string,
  onPage: (items: readonly Item[]) => Promise<void>,
): Promise<void> {
  const segments = Array.from({ length: SEGMENTS }, (_, segment) => segment);
  const worker = async (): Promise<void> => {
    for (let segment = segments.shift(); segment !== undefined; segment = segments.shift()) {
      let start: Item | undefined;
      do {
        const answer = await client.send(
          new ScanCommand({
            TableName: table,
            Segment: segment,
            TotalSegments: SEGMENTS,
            ...(start && { ExclusiveStartKey: start }),
          }),
        );
        await onPage(answer.Items ?? []);
        start = answer.LastEvaluatedKey;
      } while (start !== undefined);
    }
  };
  await Promise.all(Array.from({ length: SEGMENTS_AT_ONCE }, worker));
}
