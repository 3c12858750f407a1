import type { ReputationPolicy } from '../../policy/reputation-schema.ts';
import { type CounterName, type Counters, quarterNumber, quarterOf } from './counts.ts';

/** The quarters that are looked back on. `from` is the first; null where there is no order and so all there ever was counts. */
export type Window = {
  from: string | null;
  quarters: number | null;
  basis: 'recent' | 'sparse' | 'all';
  orders: number;
};

/** Sums of counters over a window, by name. */
export type Tally = (name: CounterName) => number;

/**
 * The window: so many quarters up to the last one with an order, or more of them where those hold few orders. It ends
 * with the last order and not with today, so that nobody gets a clean record by selling nothing; what came after it
 * counts too. Orders alone move it, so that no review, complaint, return or inspection does better by moving it.
 */
export function windowOf(
  counters: Counters,
  { nowMs, policy }: { nowMs: number; policy: ReputationPolicy },
): { window: Window; tally: Tally } {
  const { quarters, sparseQuarters, orders: enough } = policy.window;
  const present = quarterNumber(quarterOf(nowMs));
  const ordered = Object.keys(counters).filter((key) => key.startsWith('orders@') && (counters[key] ?? 0) > 0);
  if (ordered.length === 0) {
    return { window: { from: null, quarters: null, basis: 'all', orders: 0 }, tally: tallySince(counters, undefined) };
  }
  // What is dated ahead of the clock counts as of now.
  const last = Math.min(present, Math.max(...ordered.map((key) => quarterNumber(key.slice('orders@'.length)))));
  const since = (count: number) => {
    const first = last - count + 1;
    const tally = tallySince(counters, first);
    return { tally, window: { from: quarterText(first), quarters: count, orders: tally('orders') } };
  };
  const recent = since(quarters);
  if (recent.window.orders >= enough || quarters === sparseQuarters) {
    return { ...recent, window: { ...recent.window, basis: 'recent' } };
  }
  const sparse = since(sparseQuarters);
  return { ...sparse, window: { ...sparse.window, basis: 'sparse' } };
}

function tallySince(counters: Counters, first: number | undefined): Tally {
  const sums = new Map<string, number>();
  for (const [key, amount] of Object.entries(counters)) {
    const [name = '', quarter] = key.split('@');
    if (quarter === undefined || (first !== undefined && quarterNumber(quarter) < first)) continue;
    sums.set(name, (sums.get(name) ?? 0) + amount);
  }
  return (name) => sums.get(name) ?? 0;
}

function quarterText(number: number): string {
  return `${Math.floor(number / 4)}q${(number % 4) + 1}`;
}
