import { type DynamoDBClient, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import type { NewVersion, PolicyAudit } from '../../domain/policy/put-policy.ts';
import type { Policies, PolicyVersion } from '../../policy/policies.ts';
import { documentOf } from '../../policy/policy.ts';
import { batchGet } from './batch-get.ts';
import { profileKeys } from './keys.ts';
import type { ListedVersion, PolicyHead } from './policy-store.ts';
import { putRecord, readRecord, writeFailure } from './profile-records.ts';

export type PolicyVersions = {
  /**
   * Keeps the added versions under the condition that the policies are still those that the decision was made on.
   * Throws WriteConflict where somebody else has put one.
   */
  save(policies: Policies, added: readonly NewVersion[]): Promise<void>;
  /** Who put these versions, when and why, by their numbers; those that were never put are left out. */
  loadAudits(numbers: readonly number[]): Promise<Map<number, PolicyAudit>>;
};

/** How the shop's policies came about: the side of the Profile table that only the policy's own routes need. */
export function policyVersions(client: DynamoDBClient, table: string): PolicyVersions {
  return {
    async save(policies, added) {
      // The head is written for the first time with the second version, so its version is one less than there are.
      const head: PolicyHead = { version: policies.length - 1, versions: policies.map(listed) };
      const puts = [
        putRecord(table, profileKeys.policyHead, head),
        ...added.map(({ number, fromMs: _, policy, ...audit }) =>
          putRecord(table, profileKeys.policyVersion(number), { version: 1, document: documentOf(policy), ...audit }),
        ),
      ];
      try {
        await client.send(new TransactWriteItemsCommand({ TransactItems: puts.map((Put) => ({ Put })) }));
      } catch (error) {
        throw writeFailure(error);
      }
    },

    async loadAudits(numbers) {
      const keys = numbers.map((number) => profileKeys.policyVersion(number));
      const items = await batchGet(client, table, keys);
      const bySk = new Map(items.map((item) => [item.sk?.S, item]));
      return new Map(
        numbers.flatMap((number, index) => {
          const record = readRecord<PolicyAudit & { document: unknown }>(bySk.get(keys[index]?.sk));
          if (record === undefined) return [];
          const { atMs, by, reason } = record;
          return [[number, { atMs, by, reason }] as const];
        }),
      );
    },
  };
}

function listed({ fromMs, policy }: PolicyVersion): ListedVersion {
  return { fromMs: Number.isFinite(fromMs) ? fromMs : null, stamp: policy.stamp };
}
