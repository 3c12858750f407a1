import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { InspectionRecord } from '../../domain/quality/inspection.ts';
import { type Counts, canonical } from '../../domain/reputation/counts.ts';
import { batchGet } from './batch-get.ts';
import { reputationKeys } from './keys.ts';
import type { MakerStore } from './maker-store.ts';
import { type Item, readRecord, writeFailure } from './profile-records.ts';
import { putSource } from './sources.ts';

export type Maker = { brandId?: string | undefined; supplierId?: string | undefined };

/** An inspection as it was read: its record, and its item, under whose conditions it is written again. */
export type StoredInspection = {
  known?: InspectionRecord | undefined;
  item?: Item | undefined;
  maker?: Maker | undefined;
};

export type InspectionStore = {
  /** An inspection, and whose the product that it names is; `productId` where it is not known yet. */
  load(inspectionId: string, nowMs: number, productId?: string | undefined): Promise<StoredInspection>;
  /** Writes an inspection with what it calls for. Throws WriteConflict where it has been written since it was read. */
  save(before: StoredInspection, inspection: InspectionRecord, counts: Counts): Promise<void>;
};

/** The inspections of the Reputation table. */
export function inspectionStore(
  client: DynamoDBClient,
  table: string,
  makers: Pick<MakerStore, 'makersOf'>,
): InspectionStore {
  return {
    async load(inspectionId, nowMs, named) {
      const source = reputationKeys.inspection(inspectionId);
      const [item] = await batchGet(client, table, [source], { consistent: true });
      const known = readRecord<Omit<InspectionRecord, 'version'>>(item);
      const productId = known?.data.productId ?? named;
      const found = productId === undefined ? undefined : await makers.makersOf([{ productId, source }], nowMs);
      return { known, item, maker: found?.get(productId ?? '') };
    },

    async save({ known, item }, inspection, counts) {
      const { inspectionId, eventId } = inspection;
      const cause = { eventId, type: 'inspection.completed.v1', subject: inspectionId };
      const next = { ...inspection, version: (known?.version ?? 0) + 1 };
      const put = putSource(table, reputationKeys.inspection(inspectionId), next, item, {
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
