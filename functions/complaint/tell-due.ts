import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { complaintDueStore } from '../../shared/adapters/dynamo/complaint-due-store.ts';
import { complaintStore } from '../../shared/adapters/dynamo/complaint-store.ts';
import { complaintDueMs, markDue, newlyOverdue } from '../../shared/domain/complaint/complaint-due.ts';
import { caseSchedule } from '../../shared/runtime/case-schedule.ts';
import { readEnv } from '../../shared/runtime/env.ts';

/** Every hour: deadlines that have passed unmet and cases that have closed by time are marked, so that they are told. */
export const handler = caseSchedule(() => {
  const dynamo = dynamoClient();
  const { REPUTATION_TABLE: table } = readEnv('REPUTATION_TABLE');
  const complaints = complaintStore(dynamo, table);
  return {
    due: complaintDueStore(dynamo, table),
    async mark(complaintId, nowMs) {
      const stored = await complaints.load(complaintId);
      const record = markDue(stored.record, nowMs);
      if (record === undefined) return { version: stored.record.version, nextMs: complaintDueMs(stored.record) };
      await complaints.save(stored, record);
      return { marked: true, counts: { ComplaintOverdue: newlyOverdue(stored.record, record) } };
    },
  };
});
