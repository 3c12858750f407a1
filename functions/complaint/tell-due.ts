import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import {
  type ComplaintDueStore,
  type ComplaintNote,
  complaintDueStore,
} from '../../shared/adapters/dynamo/complaint-due-store.ts';
import { type ComplaintStore, complaintStore } from '../../shared/adapters/dynamo/complaint-store.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { errorFields } from '../../shared/runtime/log.ts';
import { type ScheduleDependencies, scheduleHandler } from '../../shared/runtime/schedule-handler.ts';
import { tellComplaint } from './tell-complaint.ts';

type DueDependencies = ScheduleDependencies & { complaints: ComplaintStore; due: ComplaintDueStore };

const SIDE_BY_SIDE = 8;
/** So much before it would be cut off, the run ends; the next one goes on. */
const RESERVE_MS = 5_000;

/**
 * Every hour: deadlines that have passed unmet and cases that have closed by time are marked, so that they are told. Where a
 * complaint stands is right without it; what is left over is taken up next time.
 */
export const handler = scheduleHandler(
  (): DueDependencies => {
    const dynamo = dynamoClient();
    const { REPUTATION_TABLE: table } = readEnv('REPUTATION_TABLE');
    return { complaints: complaintStore(dynamo, table), due: complaintDueStore(dynamo, table) };
  },
  async ({ complaints, due }, { nowMs, functionName, log, timeLeftMs }) => {
    let [told, failed] = [0, 0];
    const tellOne = async (note: ComplaintNote): Promise<void> => {
      try {
        if (await tellComplaint(note, { complaints, due, nowMs })) told += 1;
      } catch (error) {
        failed += 1;
        log.error('not_told', { function: functionName, complaintId: note.complaintId, ...errorFields(error) });
      }
    };
    for await (const notes of due.due(nowMs)) {
      for (let from = 0; from < notes.length && timeLeftMs() > RESERVE_MS; from += SIDE_BY_SIDE) {
        await Promise.all(notes.slice(from, from + SIDE_BY_SIDE).map(tellOne));
      }
      if (timeLeftMs() <= RESERVE_MS) break;
    }
    log.info('due', { function: functionName, complaints: told });
    // What could not be told stays noted and is met again; somebody is to know of it.
    if (failed > 0) throw new Error(`What has fallen due for ${failed} complaints could not be marked.`);
  },
);
