import { nowMs } from './clock.ts';
import { writeLine } from './log.ts';

/**
 * What is counted here and nowhere else. Calls, errors, durations and queue depths are counted by AWS itself; a
 * success needs no line of ours.
 */
export type MetricName =
  | 'Failed'
  | 'Retried'
  | 'DeadLettered'
  | 'Refused'
  | 'ErasedMember'
  | 'RateLimited'
  | 'Resealed'
  | 'Rejected'
  | 'Waiting'
  | 'LedgerDrift'
  | 'ComplaintOverdue'
  | 'Recommended'
  | 'FellBack'
  | 'SpendCapReached';

/** How often what was counted. */
export type MetricCounts = Partial<Record<MetricName, number>>;

const NAMESPACE = 'Rapport';

/**
 * Writes counts in CloudWatch's embedded metric format, which the log collector turns into metrics: no call, no wait.
 * The one dimension is the function. Counts of zero are left out; where nothing is left, nothing is written.
 */
export function writeMetrics(
  functionName: string,
  counts: MetricCounts,
  write: (line: string) => void = writeLine,
): void {
  const counted = Object.entries(counts).filter(([, count]) => count > 0);
  if (counted.length === 0) return;
  const metrics = counted.map(([name]) => ({ Name: name, Unit: 'Count' }));
  const timestampMs = nowMs();
  write(
    JSON.stringify({
      // What is counted here is out of the ordinary; at this level no filter of the log takes the line away.
      level: 'warn',
      timestamp: new Date(timestampMs).toISOString(),
      _aws: {
        Timestamp: timestampMs,
        CloudWatchMetrics: [{ Namespace: NAMESPACE, Dimensions: [['function']], Metrics: metrics }],
      },
      function: functionName,
      ...Object.fromEntries(counted),
    }),
  );
}

/** Adds counts to sums, in place. */
export function addCounts(sums: MetricCounts, counts: MetricCounts): void {
  for (const [name, value] of Object.entries(counts) as [MetricName, number][]) sums[name] = (sums[name] ?? 0) + value;
}

/** So often, at the most, a line is written of what is counted on every request. */
const GATHERED_MS = 60_000;

/** Counts what happens on every request, and hands the sums on about once a minute: a request pays for no line of its own. */
export type Tally = (counts: MetricCounts, count: (sums: MetricCounts) => void) => void;

/** A tally for the life of a process. What has not been handed on when the process ends is lost, so it is good for shares, not for sums. */
export function tally(everyMs = GATHERED_MS): Tally {
  let sums: MetricCounts = {};
  let writtenMs = Number.NEGATIVE_INFINITY;
  return (counts, count) => {
    addCounts(sums, counts);
    if (nowMs() - writtenMs < everyMs) return;
    writtenMs = nowMs();
    count(sums);
    sums = {};
  };
}
