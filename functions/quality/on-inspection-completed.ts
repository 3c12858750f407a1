import { inspectionCompleted } from '../../events/quality/inspection-completed.v1.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { type InspectionStore, inspectionStore } from '../../shared/adapters/dynamo/inspection-store.ts';
import { makerStore } from '../../shared/adapters/dynamo/maker-store.ts';
import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { decideInspection } from '../../shared/domain/quality/inspection.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { PermanentFailure } from '../../shared/runtime/errors.ts';
import { type QueueDependencies, queueHandler } from '../../shared/runtime/queue-handler.ts';
import { openQueue } from '../../shared/runtime/queue-wiring.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';

type QualityDependencies = QueueDependencies & { inspections: InspectionStore };

function open(): QualityDependencies {
  const dynamo = dynamoClient();
  const { REPUTATION_TABLE, CATALOG_TABLE } = readEnv('REPUTATION_TABLE', 'CATALOG_TABLE');
  const makers = makerStore(dynamo, { reputation: REPUTATION_TABLE, catalog: CATALOG_TABLE });
  const inspections = inspectionStore(dynamo, REPUTATION_TABLE, makers);
  return { ...openQueue(dynamo), inspections };
}

/** An inspection is kept with what it calls for; the counters follow from the table's stream. */
export const handler = queueHandler(
  inspectionCompleted,
  open,
  async (event, { inspections }, { contentHash, nowMs }) => {
    const { inspectionId, productId } = event.data;
    await retryConflicts(WriteConflict, async () => {
      const found = await inspections.load(inspectionId, nowMs, productId);
      const decision = decideInspection(found.known, event, contentHash, found.maker);
      if (decision.kind === 'refused') throw new PermanentFailure(decision.code, decision.detail);
      if (decision.kind === 'keep') await inspections.save(found, decision.inspection, decision.counts);
    });
  },
  { serialKey: ({ data }) => data.inspectionId },
);
