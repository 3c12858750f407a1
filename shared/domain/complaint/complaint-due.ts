import { type ComplaintRecord, type DeadlineName, deadlinesOf, openedComplaint } from './complaint.ts';

/** What time alone brings: a deadline that passes unmet, and the closing of what was decided. */
type Due = { name: DeadlineName | 'closing'; atMs: number };

/**
 * What is to be told at some time, unless it is met before. A deadline that has been told is never told again, whatever
 * comes to be known; a closing is, where an appeal that came to be known later has put it off.
 */
function duesOf(record: ComplaintRecord): Due[] {
  const complaint = openedComplaint(record);
  if (complaint === undefined || record.erased === true) return [];
  const { closesAtMs, rating } = complaint.folded;
  const missed = deadlinesOf(complaint).filter(
    ({ name, byMs, metAtMs }) => record.told?.[name] === undefined && (metAtMs === undefined || metAtMs >= byMs),
  );
  const closing = closesAtMs !== undefined && rating === undefined && record.told?.closing !== closesAtMs;
  return [
    ...missed.map(({ name, byMs }) => ({ name, atMs: byMs })),
    ...(closing ? [{ name: 'closing' as const, atMs: closesAtMs }] : []),
  ];
}

/** When time will next bring something to a complaint; the past where something is to be told that nobody has told. */
export function complaintDueMs(record: ComplaintRecord): number | undefined {
  const dues = duesOf(record);
  return dues.length === 0 ? undefined : Math.min(...dues.map(({ atMs }) => atMs));
}

/** The record with what has fallen due by an instant marked as told; undefined where nothing has. */
export function markDue(record: ComplaintRecord, nowMs: number): ComplaintRecord | undefined {
  const dues = duesOf(record).filter(({ atMs }) => atMs <= nowMs);
  if (dues.length === 0) return undefined;
  const told = { ...record.told, ...Object.fromEntries(dues.map(({ name, atMs }) => [name, atMs])) };
  return { ...record, version: record.version + 1, told };
}

/** How many deadlines have been marked as passed between two records: a closing by time is none. */
export function newlyOverdue(before: ComplaintRecord, after: ComplaintRecord): number {
  const deadlines: readonly DeadlineName[] = ['answer', 'decision', 'appeal'];
  return deadlines.filter((name) => after.told?.[name] !== undefined && before.told?.[name] === undefined).length;
}
