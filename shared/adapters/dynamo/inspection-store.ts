import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { InspectionRecord } from '../../domain/quality/inspection.ts';
import { type Counts, canonical } from '../../domain/reputation/counts.ts';
import { batchGet } from './batch-get.ts';
import { makersOf } from './catalog-makers.ts';
import { reputationKeys } from './keys.ts';
import { readRecord, writeFailure } from './profile-records.ts';
import { putSource } from './sources.ts';

export type InspectionStore = {
  /** An inspection, and whose the product that it names is. */
  load(
    inspectionId: string,
    productId: string | undefined,
  ): Promise<{
    known?: InspectionRecord | undefined;
    maker?: { brandId?: string | undefined; supplierId?: string | undefined } | undefined;
  }>;
  /** Throws WriteConflict where it has been written since it was read. */
  save(inspection: InspectionRecord, counts: Counts): Promise<void>;
};

/** The inspections of the Reputation table. */
export function inspectionStore(
  client: DynamoDBClient,
  tables: { reputation: string; catalog: string },
): InspectionStore {
  return {
    async load(inspectionId, productId) {
      const [items, makers] = await Promise.all([
        batchGet(client, tables.reputation, [reputationKeys.inspection(inspectionId)], { consistent: true }),
        makersOf(client, tables.catalog, productId === undefined ? [] : [productId]),
      ]);
      return {
        known: readRecord<Omit<InspectionRecord, 'version'>>(items[0]),
        maker: makers.get(productId ?? ''),
      };
    },

    async save(inspection, counts) {
      const { inspectionId, eventId } = inspection;
      const cause = { eventId, type: 'inspection.completed.v1', subject: inspectionId };
      const put = putSource(tables.reputation, reputationKeys.inspection(inspectionId), inspection, undefined, {
        due: canonical(counts),
        cause,
      });
      try {
        await client.send(new PutItemCommand(put));
      } catch (error) {
        throw writeFailure(error);
      }
    },
  };
}
