import type { brandReinstated } from '../../events/reputation/brand-reinstated.v1.ts';
import type { brandRestricted } from '../../events/reputation/brand-restricted.v1.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { WriteConflict } from '../../shared/adapters/dynamo/profile-records.ts';
import { standingStore } from '../../shared/adapters/dynamo/standing-store.ts';
import {
  type RestrictionFact,
  restrictionFact,
  targetOf,
  withRestrictionFact,
} from '../../shared/domain/recommend/standing-fold.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { PermanentFailure } from '../../shared/runtime/errors.ts';
import { queueHandler } from '../../shared/runtime/queue-handler.ts';
import { openQueue } from '../../shared/runtime/queue-wiring.ts';
import { retryConflicts } from '../../shared/runtime/retry-conflicts.ts';

/** Opens what the reactions to what reputation says need, from their environment. */
export function openStandings() {
  const client = dynamoClient();
  const { CATALOG_TABLE } = readEnv('CATALOG_TABLE');
  return { ...openQueue(client), standings: standingStore(client, CATALOG_TABLE) };
}

/** The handler of what is told of a case: the standing of the brand or supplier follows from all that was told of it. */
export function restrictionReaction(
  definition: typeof brandRestricted | typeof brandReinstated,
  state: RestrictionFact['state'],
) {
  return queueHandler(
    definition as typeof brandRestricted,
    openStandings,
    async (event, { standings }, { nowMs }) => {
      const target = targetOf(event.data);
      if (target === undefined) throw new PermanentFailure('no_target', 'The event names no brand and no supplier.');
      await retryConflicts(WriteConflict, async () => {
        const record = withRestrictionFact(await standings.load(target), restrictionFact(state, event));
        if (record !== undefined) await standings.save(record, nowMs);
      });
    },
    { serialKey: ({ data }) => data.brandId ?? data.supplierId ?? data.sanctionId },
  );
}
