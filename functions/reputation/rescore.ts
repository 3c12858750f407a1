import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { standingOfTarget } from '../../shared/domain/reputation/standing-of-target.ts';
import type { Policies } from '../../shared/policy/policies.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';
import type { FoldStores } from './fold-stores.ts';

/** Works out scores and grades from counters that have changed, and keeps those that are worth telling; they are told from the table's stream. */
export async function rescore(
  targets: readonly string[],
  { tallies, scores, policies, nowMs }: FoldStores & { policies: Policies; nowMs: number },
): Promise<void> {
  const told = targets.filter((target) => !target.startsWith('SHOP'));
  if (told.length === 0) return;
  await retryConflicts(WriteConflict, async () => {
    const [counted, known] = await Promise.all([tallies.load(told), scores.load(told)]);
    const changed = told.flatMap((target) => {
      const tally = counted.get(target);
      return tally === undefined ? [] : standingOfTarget(target, tally, known.get(target), { policies, nowMs });
    });
    await Promise.all(changed.map((it) => scores.save(it)));
  });
}
