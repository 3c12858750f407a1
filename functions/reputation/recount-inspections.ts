import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { countsOfInspection } from '../../shared/domain/quality/inspection.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import type { FoldStores } from './fold-stores.ts';

/** Works out anew what inspections call for, now that the makers of what they name are known. */
export async function recountInspections(
  inspectionIds: readonly string[],
  { inspections, nowMs }: Pick<FoldStores, 'inspections'> & { nowMs: number },
): Promise<void> {
  await Promise.all(
    inspectionIds.map((inspectionId) =>
      retryConflicts(WriteConflict, async () => {
        const found = await inspections.load(inspectionId, nowMs);
        if (found.known === undefined) return;
        await inspections.save(found, found.known, countsOfInspection(found.known, found.maker));
      }),
    ),
  );
}
