import { type Cell, formatTable } from '../importers/table.ts';
import type { Outcome } from './open-loop.ts';
import { isEvent, type RequestKind, requestKinds } from './plan.ts';

export type Quantiles = { count: number; p50: number; p90: number; p99: number; max: number };

/** What a request of a kind should take at the 99th percentile, in milliseconds: for the eye alone, nothing fails by it. */
const BUDGET_MS = { read: 200, recommendations: 250, event: 400 } as const;

export function budgetMs(kind: RequestKind): number {
  if (isEvent(kind)) return BUDGET_MS.event;
  return kind === 'recommendations' || kind === 'related' ? BUDGET_MS.recommendations : BUDGET_MS.read;
}

/** Nearest-rank quantiles, in milliseconds. */
export function quantiles(values: readonly number[]): Quantiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => rounded(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0);
  return { count: sorted.length, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}

/** By kind, of the requests that were answered. */
export function latencies(outcomes: readonly Outcome[]): Partial<Record<RequestKind | 'all', Quantiles>> {
  const answered = outcomes.filter(({ answer }) => typeof answer === 'number');
  const of = (kind: RequestKind): Quantiles =>
    quantiles(answered.filter(({ planned }) => planned.kind === kind).map(({ latencyMs }) => latencyMs));
  const kinds = requestKinds.filter((kind) => answered.some(({ planned }) => planned.kind === kind));
  return {
    ...Object.fromEntries(kinds.map((kind) => [kind, of(kind)])),
    all: quantiles(answered.map(({ latencyMs }) => latencyMs)),
  };
}

/** Whether an answer is what a caller would want: of an event, that it was taken. */
export function isGood({ planned, answer, accepted }: Outcome): boolean {
  return planned.event === undefined ? answer === 200 : accepted;
}

/** How often each status, or each reason for there being none, was the answer; what is good is not among them. */
export function errorsOf(outcomes: readonly Outcome[]): Record<string, number> {
  const errors: Record<string, number> = {};
  for (const outcome of outcomes) {
    if (isGood(outcome)) continue;
    const name = String(outcome.answer);
    errors[name] = (errors[name] ?? 0) + 1;
  }
  return errors;
}

export function latencyTable(outcomes: readonly Outcome[]): string {
  const all = latencies(outcomes);
  const rows = Object.entries(all).map(([kind, { count, p50, p90, p99, max }]): Cell[] => [
    kind,
    count,
    ms(p50),
    ms(p90),
    ms(p99),
    ms(max),
    kind === 'all' ? '' : ms(budgetMs(kind as RequestKind)),
  ]);
  return formatTable(rows, ['ms, from when it was due', 'requests', 'p50', 'p90', 'p99', 'max', 'budget of p99']);
}

const ms = (value: number): string => value.toFixed(1);

export function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
