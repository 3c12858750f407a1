import { answersLate, openSanction, restrictedBy, type SanctionRecord } from './sanction.ts';

/** What time alone brings: an answer period passes unused, and a restriction comes to its end. */
type Due = { name: 'answer_period' | 'end'; atMs: number };

/**
 * What is to be told at some time, unless something else comes before. What has been told is never told again, and what has
 * happened by then is told though a step may have been taken since.
 */
function duesOf(record: SanctionRecord | undefined): Due[] {
  const sanction = openSanction(record);
  if (sanction === undefined) return [];
  const { answerByMs } = sanction.folded;
  const told = sanction.record.told ?? {};
  const waits = answersLate(sanction) && told.answer_period === undefined;
  const restricted = restrictedBy(sanction);
  const liftedAtMs = restricted?.lifted?.atMs ?? Number.POSITIVE_INFINITY;
  const ends = restricted !== undefined && liftedAtMs >= restricted.untilMs && told.end === undefined;
  return [
    ...(waits ? [{ name: 'answer_period' as const, atMs: answerByMs }] : []),
    ...(ends ? [{ name: 'end' as const, atMs: restricted.untilMs }] : []),
  ];
}

/** When time will next bring something to a case; the past where something is to be told that nobody has told. */
export function sanctionDue(record: SanctionRecord | undefined): number | undefined {
  const dues = duesOf(record);
  return dues.length === 0 ? undefined : Math.min(...dues.map(({ atMs }) => atMs));
}

/** The record with what has fallen due by an instant marked as told; undefined where nothing has. */
export function markDue(record: SanctionRecord, nowMs: number): SanctionRecord | undefined {
  const dues = duesOf(record).filter(({ atMs }) => atMs <= nowMs);
  if (dues.length === 0) return undefined;
  const told = { ...record.told, ...Object.fromEntries(dues.map(({ name, atMs }) => [name, atMs])) };
  return { ...record, version: record.version + 1, told };
}
