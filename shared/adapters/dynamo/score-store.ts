import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Scored } from '../../domain/reputation/scored.ts';
import { batchGet } from './batch-get.ts';
import { reputationKeys } from './keys.ts';
import { putRecord, readRecord, writeFailure } from './profile-records.ts';

export type ScoreStore = {
  /** The scores that were last told, by target; those never told are left out. */
  load(targets: readonly string[]): Promise<Map<string, Scored>>;
  /** Throws WriteConflict where it has changed since it was read. */
  save(scored: Scored): Promise<void>;
};

/** The scores of the Reputation table, as they were last told. */
export function scoreStore(client: DynamoDBClient, table: string): ScoreStore {
  return {
    async load(targets) {
      const items = await batchGet(client, table, targets.map(reputationKeys.score), { consistent: true });
      const found = items.map((item) => readRecord<Omit<Scored, 'version'>>(item)).filter((it) => it !== undefined);
      return new Map(found.map((scored) => [scored.target, scored]));
    },

    async save(scored) {
      try {
        await client.send(
          new PutItemCommand(
            putRecord(table, reputationKeys.score(scored.target), { ...scored, version: scored.version + 1 }),
          ),
        );
      } catch (error) {
        throw writeFailure(error);
      }
    },
  };
}
