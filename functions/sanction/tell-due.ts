import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { sanctionDueStore } from '../../shared/adapters/dynamo/sanction-due-store.ts';
import { sanctionStore } from '../../shared/adapters/dynamo/sanction-store.ts';
import { markDue, sanctionDue } from '../../shared/domain/sanction/sanction-due.ts';
import { caseSchedule } from '../../shared/runtime/case-schedule.ts';
import { readEnv } from '../../shared/runtime/env.ts';

/** Every hour: answer periods that have passed unused and restrictions that have come to their end are marked, so that they are told. */
export const handler = caseSchedule(() => {
  const dynamo = dynamoClient();
  const { REPUTATION_TABLE: table } = readEnv('REPUTATION_TABLE');
  const sanctions = sanctionStore(dynamo, table);
  return {
    due: sanctionDueStore(dynamo, table),
    async mark(sanctionId, nowMs) {
      const stored = await sanctions.load(sanctionId);
      const record = markDue(stored, nowMs);
      if (record === undefined) return { version: stored.version, nextMs: sanctionDue(stored) };
      await sanctions.save(record);
      return { marked: true, counts: {} };
    },
  };
});
