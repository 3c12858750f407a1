/**
 * What happens on this machine, counted as CloudWatch would: what functions count themselves, how they did, how requests were answered, and what lies in
 * queues. Everything else that alarms read has no local counterpart, and was not measured. By the clock on the wall, for an hour.
 */
import type { AlarmModel, Reading } from '../watch/alarm-model.ts';
import { type AlarmState, evaluateAlarm, type Series } from '../watch/evaluate-alarm.ts';
import type { LogEntry } from './log.ts';

const KEPT_MS = 3_600_000;
/** How many values one metric keeps at most; the oldest go first. */
const MAX_VALUES = 50_000;

type Point = { atMs: number; value: number };
type Gauge = (queue: string) => { visible: number; oldestSeconds: number } | undefined;

export class Measures {
  readonly #points = new Map<string, Point[]>();
  readonly #queue: Gauge;
  readonly #nowMs: () => number;

  constructor(queue: Gauge, nowMs: () => number = Date.now) {
    this.#queue = queue;
    this.#nowMs = nowMs;
  }

  /** A run of a function: how long it took, and whether it failed. */
  ran(functionName: string, { ms, failed }: { ms: number; failed: boolean }): void {
    this.#add({ namespace: 'AWS/Lambda', name: 'Duration', dimensions: { FunctionName: functionName } }, ms);
    this.#add({ namespace: 'AWS/Lambda', name: 'Errors', dimensions: { FunctionName: functionName } }, Number(failed));
  }

  /** An answer of the API. */
  answered(status: number, ms: number): void {
    const metric = (name: string) => ({ namespace: 'AWS/ApiGateway', name, dimensions: {} });
    this.#add(metric('Count'), 1);
    this.#add(metric('Latency'), ms);
    if (status >= 500) this.#add(metric('5xx'), 1);
    else if (status >= 400) this.#add(metric('4xx'), 1);
  }

  /** What a line of a log counts, where it is in the embedded metric format. */
  logged({ line }: LogEntry): void {
    const { _aws: embedded, ...fields } = (typeof line === 'object' && line !== null ? line : {}) as Record<
      string,
      unknown
    >;
    const { CloudWatchMetrics: all } = (embedded ?? {}) as { CloudWatchMetrics?: EmbeddedMetrics[] };
    for (const { Namespace, Dimensions, Metrics } of all ?? []) {
      for (const names of Dimensions) {
        const dimensions = Object.fromEntries(names.map((name) => [name, String(fields[name])]));
        for (const { Name } of Metrics) {
          const value = fields[Name];
          if (typeof value === 'number') this.#add({ namespace: Namespace, name: Name, dimensions }, value);
        }
      }
    }
  }

  /** Each alarm as it stands now. */
  evaluate(alarms: readonly AlarmModel[]): AlarmState[] {
    return alarms.map((alarm) => evaluateAlarm(alarm, (reading) => this.#seriesOf(reading, alarm)));
  }

  clear(): void {
    this.#points.clear();
  }

  #add(metric: Omit<Reading, 'id' | 'statistic'>, value: number): void {
    const key = keyOf(metric);
    const points = this.#points.get(key) ?? [];
    points.push({ atMs: this.#nowMs(), value });
    if (points.length > MAX_VALUES) points.splice(0, points.length - MAX_VALUES / 2);
    this.#points.set(key, points);
  }

  #seriesOf(reading: Reading, { periodSeconds, evaluationPeriods }: AlarmModel): Series {
    if (reading.namespace === 'AWS/SQS') return this.#ofQueue(reading, evaluationPeriods);
    const nowMs = this.#nowMs();
    const points = (this.#points.get(keyOf(reading)) ?? []).filter(({ atMs }) => nowMs - atMs < KEPT_MS);
    const periodMs = periodSeconds * 1_000;
    return Array.from({ length: evaluationPeriods }, (_, at) => {
      const endMs = nowMs - (evaluationPeriods - 1 - at) * periodMs;
      const within = points.filter(({ atMs }) => atMs > endMs - periodMs && atMs <= endMs).map(({ value }) => value);
      return within.length === 0 ? undefined : statisticOf(reading.statistic, within);
    });
  }

  /** A queue is as it is now: what it was before is not kept. */
  #ofQueue({ name, dimensions }: Reading, periods: number): Series {
    const gauge = this.#queue(dimensions.QueueName ?? '');
    const values: Readonly<Record<string, number | undefined>> = {
      ApproximateNumberOfMessagesVisible: gauge?.visible,
      ApproximateAgeOfOldestMessage: gauge?.oldestSeconds,
    };
    return Array.from({ length: periods }, () => values[name]);
  }
}

type EmbeddedMetrics = { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] };

/** An alias is counted with its function, and there is one API. */
function keyOf({ namespace, name, dimensions }: Omit<Reading, 'id' | 'statistic'>): string {
  const { Resource: _, ApiId: __, Stage: ___, ...own } = dimensions;
  const sorted = Object.entries(own).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([namespace, name, sorted]);
}

function statisticOf(statistic: string, values: readonly number[]): number {
  if (statistic === 'Sum') return values.reduce((sum, value) => sum + value, 0);
  const sorted = values.toSorted((a, b) => a - b);
  const share = statistic === 'Maximum' ? 1 : Number(statistic.replace(/^p/, '')) / 100;
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
