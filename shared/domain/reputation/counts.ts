/**
 * What a fact calls for in the counters of those it is about, and how a change of it is applied exactly once: every
 * source (a review, an order, a complaint, an inspection) keeps what has been counted of it, and only the difference to
 * what it calls for now is ever added. So duplicates add nothing, and any order of arrival ends in the same sums.
 */

/** Whose counters: `PRODUCT#<id>`, `BRAND#<id>`, `SUPPLIER#<id>`, or `SHOP`. */
export type Target = `PRODUCT#${string}` | `BRAND#${string}` | `SUPPLIER#${string}` | 'SHOP';

/**
 * Counters of one target. Whole numbers only, so that sums do not depend on their order. A name with a quarter, such as
 * `orders@2026q1`, counts what happened in that quarter (UTC, by the time of the fact that began it); one without counts for ever.
 */
export type Counters = Readonly<Record<string, number>>;

/** What a source calls for: counters to be raised, by target. */
export type Counts = Readonly<Partial<Record<Target, Counters>>>;

/** What to add so that what has been counted becomes what is due; only what differs. */
export function difference(due: Counts, counted: Counts): Counts {
  const targets = [...new Set([...Object.keys(due), ...Object.keys(counted)])].sort() as Target[];
  const changes = targets.flatMap((target) => {
    const change = counterDifference(due[target] ?? {}, counted[target] ?? {});
    return Object.keys(change).length === 0 ? [] : [[target, change] as const];
  });
  return Object.fromEntries(changes);
}

function counterDifference(due: Counters, counted: Counters): Counters {
  const names = [...new Set([...Object.keys(due), ...Object.keys(counted)])].sort();
  const changes = names.map((name) => [name, (due[name] ?? 0) - (counted[name] ?? 0)] as const);
  return Object.fromEntries(changes.filter(([, change]) => change !== 0));
}

/** The sums of several. */
export function sumOf(parts: readonly Counts[]): Counts {
  const total: Record<string, Record<string, number>> = {};
  for (const part of parts) {
    for (const [target, counters] of Object.entries(part)) {
      const sums = total[target] ?? {};
      total[target] = sums;
      for (const [name, amount] of Object.entries(counters ?? {})) sums[name] = (sums[name] ?? 0) + amount;
    }
  }
  return total;
}

/** A text that is the same for the same counts, whatever order they were put together in; nothing where there are none. */
export function canonical(counts: Counts): string {
  const sorted = Object.keys(counts)
    .sort()
    .map((target) => {
      const counters = Object.entries(counts[target as Target] ?? {}).filter(([, amount]) => amount !== 0);
      return [target, Object.fromEntries(counters.sort(([a], [b]) => (a < b ? -1 : 1)))] as const;
    })
    .filter(([, counters]) => Object.keys(counters).length > 0);
  return JSON.stringify(Object.fromEntries(sorted));
}

/** The quarter of an instant, such as `2026q1`, in UTC. */
export function quarterOf(atMs: number): string {
  const at = new Date(atMs);
  return `${at.getUTCFullYear()}q${Math.floor(at.getUTCMonth() / 3) + 1}`;
}

/** The number of a quarter, so that two can be subtracted. */
export function quarterNumber(quarter: string): number {
  const [year = '0', ordinal = '1'] = quarter.split('q');
  return Number(year) * 4 + Number(ordinal) - 1;
}

/** What happened in the quarters of a counter, and in all of them together, from the first to the last of a span. */
export function within(counters: Counters, name: string, span: { fromMs: number; toMs: number }): number {
  const from = quarterNumber(quarterOf(span.fromMs));
  const to = quarterNumber(quarterOf(span.toMs));
  return Object.entries(counters)
    .filter(([key]) => key.startsWith(`${name}@`))
    .filter(([key]) => {
      const number = quarterNumber(key.slice(name.length + 1));
      return number >= from && number <= to;
    })
    .reduce((sum, [, amount]) => sum + amount, 0);
}

/**
 * The counters by name, all with `@quarter` unless said otherwise. Who counts what:
 *
 * | name | of | what |
 * |---|---|---|
 * | `orders`, `units`, `returnedOrders`, `returnedUnits` | completed orders that name the target, by the time of completion | a returned order is one of which any unit of the target came back |
 * | `reviews`, `stars1` ... `stars5`, `positive`, `negative` | published reviews, by the time of submission | positive: product stars of 4 and 5, negative: 1 and 2 |
 * | `weight`, `weighted` | published reviews | sum of weights in thousandths; sum of weight times product stars |
 * | `service`, `serviceStars`, `logistics`, `logisticsStars` | published reviews that rate it | how many, and the sum of the stars |
 * | `complaints`, `upheld`, `rejected`, `withdrawn` | complaints, by the time of opening | |
 * | `open` (no quarter) | complaints that are not decided, now | |
 * | `answered`, `answerMs`, `answeredInTime` | complaints with a first answer | how many, the sum of the milliseconds, and how many by the deadline |
 * | `decided`, `decideMs`, `decidedInTime` | complaints with a decision | the same |
 * | `overdue` | complaints of which a deadline has passed unmet | |
 * | `rated`, `satisfaction` | complaints that the member has rated | how many, the sum of 1 to 5 |
 * | `inspections`, `sampled`, `failed`, `inspectionScored`, `inspectionScore` | inspections, by their time | how many; pieces; those with a score and its sum in hundredths |
 */
export type CounterName =
  | 'orders'
  | 'units'
  | 'returnedOrders'
  | 'returnedUnits'
  | 'reviews'
  | `stars${1 | 2 | 3 | 4 | 5}`
  | 'positive'
  | 'negative'
  | 'weight'
  | 'weighted'
  | 'service'
  | 'serviceStars'
  | 'logistics'
  | 'logisticsStars'
  | 'complaints'
  | 'upheld'
  | 'rejected'
  | 'withdrawn'
  | 'open'
  | 'answered'
  | 'answerMs'
  | 'answeredInTime'
  | 'decided'
  | 'decideMs'
  | 'decidedInTime'
  | 'overdue'
  | 'rated'
  | 'satisfaction'
  | 'inspections'
  | 'sampled'
  | 'failed'
  | 'inspectionScored'
  | 'inspectionScore';

/** The name of a counter of the quarter that an instant lies in. */
export function inQuarter(name: CounterName, atMs: number): string {
  return `${name}@${quarterOf(atMs)}`;
}
