import { type CounterName, type Counters, type Counts, inQuarter, type Target } from '../reputation/counts.ts';
import {
  type ComplaintRecord,
  type DeadlineName,
  deadlinesOf,
  isUndecided,
  type OpenedComplaint,
  openedComplaint,
} from './complaint.ts';
import { decisionOf } from './fold-complaint.ts';

/**
 * What a complaint calls for in the counters of everybody it is about, and of the shop. Nothing while nobody has opened
 * it. Everything counts in the quarter of the opening; answers and decisions in milliseconds on the clock.
 */
export function complaintCounts(record: ComplaintRecord): Counts {
  const complaint = openedComplaint(record);
  if (complaint === undefined) return {};
  const counters = countersOf(complaint);
  return Object.fromEntries(targetsOf(complaint).map((target) => [target, counters]));
}

function targetsOf({ record, folded }: OpenedComplaint): Target[] {
  const { brandId, supplierId, productId } = folded.opened.data;
  const { resolved } = record;
  const targets: Target[] = [
    ...[brandId, resolved?.brandId].flatMap((id) => (id === undefined ? [] : [`BRAND#${id}` as const])),
    ...[supplierId, resolved?.supplierId].flatMap((id) => (id === undefined ? [] : [`SUPPLIER#${id}` as const])),
    ...[productId, ...(resolved?.productIds ?? [])].flatMap((id) =>
      id === undefined ? [] : [`PRODUCT#${id}` as const],
    ),
    'SHOP',
  ];
  return [...new Set(targets)];
}

function countersOf(complaint: OpenedComplaint): Counters {
  const { record, folded } = complaint;
  const { opened, respondedAtMs, decisions, rating } = folded;
  const decidedAtMs = decisions[0]?.atMs;
  const outcome = decisionOf(folded)?.fact.data.outcome;
  const deadlines = deadlinesOf(complaint);
  const inTime = (name: DeadlineName) =>
    deadlines.some((it) => it.name === name && it.metAtMs !== undefined && it.metAtMs < it.byMs);
  const overdue = deadlines.some(({ name, byMs, metAtMs }) =>
    metAtMs === undefined ? record.told?.[name] !== undefined : metAtMs >= byMs,
  );
  const counts: Partial<Record<CounterName, number>> = {
    complaints: 1,
    ...(outcome !== undefined && { [outcome]: 1 }),
    ...(respondedAtMs !== undefined && { answered: 1, answerMs: respondedAtMs - opened.atMs }),
    ...(inTime('answer') && { answeredInTime: 1 }),
    ...(decidedAtMs !== undefined && { decided: 1, decideMs: decidedAtMs - opened.atMs }),
    ...(inTime('decision') && { decidedInTime: 1 }),
    ...(overdue && { overdue: 1 }),
    ...(rating !== undefined && { rated: 1, satisfaction: rating.fact.data.satisfaction }),
  };
  const entries = Object.entries(counts) as [CounterName, number][];
  return {
    ...Object.fromEntries(entries.map(([name, amount]) => [inQuarter(name, opened.atMs), amount])),
    ...(isUndecided(complaint) && { open: 1 }),
  };
}
