import { type ComplaintRecord, deadlinesOf, isUndecided, openedComplaint } from './complaint.ts';

/**
 * Why a person at the desk should look at a complaint: it is to be decided; facts are known of it and nobody has opened it; or
 * it is decided and a fact contradicts what counts.
 */
export type ComplaintAttention = { state: 'complaint' | 'complaint_waiting' | 'complaint_refused'; sinceMs: number };

/** `sinceMs` is the next deadline of what is to be decided, so that what is due first comes first. */
export function complaintAttention(record: ComplaintRecord): ComplaintAttention | undefined {
  if (record.erased === true) return undefined;
  const complaint = openedComplaint(record);
  if (complaint === undefined) {
    const [first] = record.facts;
    return first && { state: 'complaint_waiting', sinceMs: first.atMs };
  }
  if (isUndecided(complaint)) {
    const open = deadlinesOf(complaint).filter(({ metAtMs }) => metAtMs === undefined);
    return { state: 'complaint', sinceMs: Math.min(...open.map(({ byMs }) => byMs)) };
  }
  const [refused] = complaint.folded.refused;
  return refused && { state: 'complaint_refused', sinceMs: refused.fact.atMs };
}
