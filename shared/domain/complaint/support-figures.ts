import type { ComplaintPolicy } from '../../policy/complaint-schema.ts';
import { type CounterName, type Counters, within } from '../reputation/counts.ts';

/** A figure with what it was computed from; undefined where there is nothing to compute it from. */
export type Figure = { value: number; goal: number; met: boolean; arithmetic: string };

export type SupportFigures = {
  firstResponseMs?: Figure;
  /** Complaints decided, of those opened. */
  resolution?: Figure;
  /** Mean satisfaction as a share of the best. */
  satisfaction?: Figure;
  /** Complaints of completed orders. */
  complaintRate?: Figure;
  answeredInTime?: number;
  decidedInTime?: number;
};

const BEST_SATISFACTION = 5;
const MINUTE_MS = 60_000;

/**
 * How well the desk of a brand, a supplier or the whole shop does, from the counters of the quarters of a span: mean time to
 * the first answer, share of complaints that are decided, satisfaction, and complaints of completed orders, against the
 * policy's goals.
 */
export function supportFigures(
  counters: Counters,
  span: { fromMs: number; toMs: number },
  goals: ComplaintPolicy['goals'],
): SupportFigures {
  const count = (name: CounterName) => within(counters, name, span);
  const complaints = count('complaints');
  const [answered, decided, rated, orders] = [count('answered'), count('decided'), count('rated'), count('orders')];
  const atMost = (value: number, goal: number) => value <= goal;
  const atLeast = (value: number, goal: number) => value >= goal;
  const best = rated * BEST_SATISFACTION;
  const response = figure(count('answerMs'), answered, goals.firstResponseMinutes * MINUTE_MS, atMost);
  const resolution = figure(decided, complaints, goals.resolutionShare, atLeast);
  const satisfaction = figure(count('satisfaction'), best, goals.satisfactionShare, atLeast);
  const rate = figure(complaints, orders, goals.complaintRate, atMost);
  return {
    ...(response && { firstResponseMs: response }),
    ...(resolution && { resolution }),
    ...(satisfaction && { satisfaction }),
    ...(rate && { complaintRate: rate }),
    ...(answered > 0 && { answeredInTime: count('answeredInTime') / answered }),
    ...(decided > 0 && { decidedInTime: count('decidedInTime') / decided }),
  };
}

function figure(
  sum: number,
  of: number,
  goal: number,
  reaches: (value: number, goal: number) => boolean,
): Figure | undefined {
  if (of === 0) return undefined;
  const value = sum / of;
  return { value, goal, met: reaches(value, goal), arithmetic: `${sum} / ${of}` };
}
