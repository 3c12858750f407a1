import type { CaseNote, CaseNotes } from '../adapters/dynamo/case-notes.ts';
import { WriteConflict } from '../adapters/dynamo/profile-records.ts';
import { Fault } from '../domain/fault.ts';
import { errorFields } from './log.ts';
import { addCounts, type MetricCounts, writeMetrics } from './metrics.ts';
import { retryConflicts } from './retry-conflicts.ts';
import { type ScheduleContext, type ScheduleDependencies, scheduleHandler } from './schedule-handler.ts';

/** What following the dates of one kind of case takes. */
export type CaseDates = {
  due: CaseNotes;
  /**
   * Marks in a case's record what has fallen due of it, under the condition of its version: it is made once, and the table's stream
   * tells it, and what of it is counted. Where nothing has fallen due, because it was met in time, it gives the next date, if there is one.
   */
  mark(id: string, nowMs: number): Promise<Marked | { marked?: false; version: number; nextMs?: number | undefined }>;
};

export type Marked = { marked: true; counts: MetricCounts };

const SIDE_BY_SIDE = 8;
/** So much before it would be cut off, the run ends; the next one goes on. */
const RESERVE_MS = 5_000;

/**
 * The handler of a schedule that looks at the cases of which a date has come. Where a case stands is right without it; it sees to it
 * that what time has brought is told. What is left over is taken up next time.
 */
export function caseSchedule(open: () => CaseDates & ScheduleDependencies) {
  return scheduleHandler(open, async (dates, context) => {
    const { nowMs, functionName, log, timeLeftMs, write } = context;
    const sums: MetricCounts = {};
    let [told, failed] = [0, 0];
    for await (const notes of dates.due.due(nowMs)) {
      for (let from = 0; from < notes.length && timeLeftMs() > RESERVE_MS; from += SIDE_BY_SIDE) {
        const outcomes = await Promise.all(
          notes.slice(from, from + SIDE_BY_SIDE).map((it) => look(it, dates, context)),
        );
        told += outcomes.filter((it) => typeof it === 'object').length;
        for (const counts of outcomes.filter((it) => typeof it === 'object')) addCounts(sums, counts);
        failed += outcomes.filter((it) => it === 'failed').length;
      }
      if (timeLeftMs() <= RESERVE_MS) break;
    }
    writeMetrics(functionName, sums, write);
    log.info('due', { function: functionName, cases: told });
    // What could not be told stays noted and is met again; somebody is to know of it.
    if (failed > 0) throw new Fault(`What has fallen due for ${failed} cases could not be marked.`);
  });
}

async function look(
  note: CaseNote,
  { due, mark }: CaseDates,
  { nowMs, functionName, log }: ScheduleContext,
): Promise<MetricCounts | 'nothing' | 'failed'> {
  try {
    const outcome = await retryConflicts(WriteConflict, () => mark(note.id, nowMs));
    if (outcome.marked !== true && outcome.nextMs !== undefined) {
      await due.note({ id: note.id, version: outcome.version, dueMs: outcome.nextMs });
    }
    await due.done(note);
    return outcome.marked === true ? outcome.counts : 'nothing';
  } catch (error) {
    log.error('not_told', { function: functionName, caseId: note.id, ...errorFields(error) });
    return 'failed';
  }
}
