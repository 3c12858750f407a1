import type { CaseNote, CaseNotes } from '../../shared/adapters/dynamo/case-notes.ts';
import { dynamoClient } from '../../shared/adapters/dynamo/client.ts';
import { sanctionDueStore } from '../../shared/adapters/dynamo/sanction-due-store.ts';
import { type SanctionStore, sanctionStore } from '../../shared/adapters/dynamo/sanction-store.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { errorFields } from '../../shared/runtime/log.ts';
import { type ScheduleDependencies, scheduleHandler } from '../../shared/runtime/schedule-handler.ts';
import { tellSanction } from './tell-sanction.ts';

type DueDependencies = ScheduleDependencies & { sanctions: SanctionStore; due: CaseNotes };

const SIDE_BY_SIDE = 8;
/** So much before it would be cut off, the run ends; the next one goes on. */
const RESERVE_MS = 5_000;

/**
 * Every hour: answer periods that have passed unused and restrictions that have come to their end are marked, so that they are
 * told. What is in force is right without it; what is left over is taken up next time.
 */
export const handler = scheduleHandler(
  (): DueDependencies => {
    const dynamo = dynamoClient();
    const { REPUTATION_TABLE: table } = readEnv('REPUTATION_TABLE');
    return { sanctions: sanctionStore(dynamo, table), due: sanctionDueStore(dynamo, table) };
  },
  async ({ sanctions, due }, { nowMs, functionName, log, timeLeftMs }) => {
    let [told, failed] = [0, 0];
    const tellOne = async (note: CaseNote): Promise<void> => {
      try {
        if (await tellSanction(note, { sanctions, due, nowMs })) told += 1;
      } catch (error) {
        failed += 1;
        log.error('not_told', { function: functionName, sanctionId: note.id, ...errorFields(error) });
      }
    };
    for await (const notes of due.due(nowMs)) {
      for (let from = 0; from < notes.length && timeLeftMs() > RESERVE_MS; from += SIDE_BY_SIDE) {
        await Promise.all(notes.slice(from, from + SIDE_BY_SIDE).map(tellOne));
      }
      if (timeLeftMs() <= RESERVE_MS) break;
    }
    log.info('due', { function: functionName, sanctions: told });
    // What could not be told stays noted and is met again; somebody is to know of it.
    if (failed > 0) throw new Error(`What has fallen due for ${failed} sanctions could not be marked.`);
  },
);
