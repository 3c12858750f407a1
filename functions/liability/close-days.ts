import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { liabilityScan, SEGMENTS } from '../../shared/adapters/dynamo/liability-scan.ts';
import { liabilityStore } from '../../shared/adapters/dynamo/liability-store.ts';
import { policyStore } from '../../shared/adapters/dynamo/policy-store.ts';
import { profileStore } from '../../shared/adapters/dynamo/profile-store.ts';
import { Fault } from '../../shared/domain/fault.ts';
import { together } from '../../shared/domain/liability/part.ts';
import { closedDayAt, countsOf, driftCount } from '../../shared/domain/liability/run.ts';
import { dayClock } from '../../shared/domain/liability/tally.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { writeMetrics } from '../../shared/runtime/metrics.ts';
import { type ScheduleDependencies, scheduleHandler } from '../../shared/runtime/schedule-handler.ts';
import { countMembers } from './count-members.ts';
import type { RunStores } from './stores.ts';
import { writeDays } from './write-days.ts';

type CloseDependencies = ScheduleDependencies & RunStores;

/** So much before it would be cut off, the run keeps what it has; the next one goes on. */
const RESERVE_MS = 15_000;

/**
 * Every hour, for once a day: when a day of the shop has ended, the journal of all days is folded from the members' own
 * journals and compared with their accounts. Nothing is counted when points move, so nothing can be counted wrong.
 */
export const handler = scheduleHandler(
  (): CloseDependencies => {
    const [client, table] = [dynamoClient(), readEnv('PROFILE_TABLE').PROFILE_TABLE];
    const stores = { liability: liabilityStore(client, table), scan: liabilityScan(client, table) };
    return { ...stores, profile: profileStore(client, table), policies: policyStore(client, table) };
  },
  async (stores, { nowMs, functionName, log, timeLeftMs, write }) => {
    const policies = await stores.policies.load();
    const [open, { runs }] = await Promise.all([stores.scan.loadOpenRun(), stores.liability.listRuns({ limit: 1 })]);
    const closedDay = closedDayAt(nowMs, dayClock(policies));
    if (open === undefined && runs[0] !== undefined && runs[0].closedDay >= closedDay) return;
    const run = open ?? { atMs: nowMs, closedDay, done: [] };
    const terms = { ...run, policies };
    const parts = await countMembers(run.done, stores, terms, () => timeLeftMs() > RESERVE_MS);
    const done = [...run.done, ...parts.keys()];
    if (parts.size === 0 && done.length < SEGMENTS)
      throw new Fault('No segment of the table can be read in the time of a run.');
    if (done.length < SEGMENTS) {
      await stores.scan.keepParts({ ...run, done }, parts);
      return log.info('goes_on', { function: functionName, segments: done.length });
    }
    const whole = together([...parts.values(), ...(await stores.scan.loadParts(run.done))]);
    const record = await writeDays(whole, stores.liability, terms);
    await stores.liability.saveRun(record);
    if (open !== undefined) await stores.scan.forgetOpenRun();
    const drift = driftCount(record);
    log[drift > 0 ? 'error' : 'info']('closed', { function: functionName, drift, ...countsOf(record) });
    writeMetrics(functionName, { LedgerDrift: drift }, write);
  },
);
