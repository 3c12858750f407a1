import type { Key } from '../../shared/adapters/dynamo/keys.ts';
import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import type { TallyStore } from '../../shared/adapters/dynamo/tally-store.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';

/** Counts what sources call for by now, and again from the start where one has changed in between. */
export async function settleSources(keys: readonly Key[], { tallies }: { tallies: TallyStore }): Promise<void> {
  if (keys.length === 0) return;
  await retryConflicts(WriteConflict, () => tallies.settle(keys));
}
