import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type RecentCandidate, type RecentSample, withRecent } from '../../domain/recommend/recent-sample.ts';
import { batchGet } from './batch-get.ts';
import { type HappenedColumns, happenedColumns, happenedIn } from './history-columns.ts';
import { recommendKeys } from './keys.ts';
import { type Item, putRecord, readRecord, WriteConflict, writeFailure } from './profile-records.ts';

export type RecentStore = {
  /** What happened lately in the whole shop, newest first; a sample where much happens. */
  read(): Promise<RecentSample>;
  /**
   * Adds to the sample what belongs in it. Where somebody else wrote at the same time it is tried once more and then left: what is
   * missing from a sample nobody misses.
   */
  add(candidates: readonly RecentCandidate[], nowMs: number): Promise<'added' | 'unchanged' | 'left'>;
};

type Known = { version: number; sample: RecentSample };

const ATTEMPTS = 2;

/** The sample of what happened lately, in the Recommend table. */
export function recentStore(client: DynamoDBClient, table: string): RecentStore {
  /** What this instance has read or written last: mostly still so, and the condition of the write finds out where it is not. */
  let last: Known | undefined;

  const load = async (): Promise<Known> => {
    const [item] = await batchGet(client, table, [recommendKeys.recent], { consistent: true });
    return knownOf(item);
  };
  const save = async (known: Known): Promise<void> => {
    try {
      const record = { version: known.version, ...happenedColumns(known.sample) };
      await client.send(new PutItemCommand(putRecord(table, recommendKeys.recent, record)));
    } catch (error) {
      throw writeFailure(error);
    }
  };

  return {
    async read() {
      const [item] = await batchGet(client, table, [recommendKeys.recent]);
      return recentIn(item);
    },

    async add(candidates, nowMs) {
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const before = last ?? (await load());
        const sample = withRecent(before.sample, candidates, nowMs);
        last = before;
        if (sample === before.sample) return 'unchanged';
        const after = { version: before.version + 1, sample };
        try {
          await save(after);
          last = after;
          return 'added';
        } catch (error) {
          last = undefined;
          if (!(error instanceof WriteConflict)) throw error;
        }
      }
      return 'left';
    },
  };
}

/** The sample that an item of the Recommend table holds, for whoever reads it together with others. */
export function recentIn(item: Item | undefined): RecentSample {
  return knownOf(item).sample;
}

function knownOf(item: Item | undefined): Known {
  const record = readRecord<HappenedColumns>(item);
  return record === undefined ? { version: 0, sample: [] } : { version: record.version, sample: happenedIn(record) };
}
