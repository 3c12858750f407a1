import { BoughtSoFar, readPurchases } from './bought-so-far.ts';
import type { FeatureScores, FindingFeature, Question } from './features.ts';
import { chanceOf, type Examples, fitLogistic } from './logistic.ts';
import { daysBetween, endOf, memberCountOf, PurchaseTimes } from './purchase-times.ts';
import type { PurchaseLog } from './training-log.ts';

/** What is known of products that are bought again; by item. */
export type RepeatTable = {
  /** The share of an item's buyers who bought it again. */
  share: Float32Array;
  /** Median days from one purchase to the next by the same member; -1 where nobody bought the item again. */
  interval: Float32Array;
  /** The logarithm of how much oftener an item is bought again than its purchases alone would say. */
  lift: Float32Array;
  /** The logarithm of the share of all baskets of the last weeks that have the item. */
  current: Float32Array;
  /** What the inputs of `inputsOf` weigh; after them the interval of an item that has none of its own, in days. */
  weights: Float64Array;
};

const WIDTH = 13;
const LIFT = 8;
/** What the inputs weigh where a shop has too few purchases to tell; about what was learnt of two shops. */
const PRIOR = [-0.5, 0.6, -0.6, -0.3, 0.4, 0, -0.7, -0.4, 1.4, 0.35, 0, -0.1, 0.3];
/** A strong pull: on a tenth of either shop it predicts better than what that tenth alone would say, and on all of it no worse. */
const PULL = 200;
/** An item's own rate counts against the rate of its like as so many purchases. */
const LIFT_EVIDENCE = 5;
/** The latest baskets of a member are learnt from: the older ones are of the same habits. */
const BASKETS_LEARNT = 4;
const EXAMPLES = 250_000;
const LIFT_EXAMPLES = 3_000_000;
const WINDOW_SECONDS = 28 * 86_400;
const DEFAULT_INTERVAL_DAYS = 30;
const SECONDS_MS = 1000;

/**
 * Learns when members buy again: the odds that a product they have bought before is in the next basket, from how often and how lately
 * (in baskets and in days) they bought it, whether its interval has passed, how popular it is these weeks, and how much oftener it is
 * bought again than its like. Frequency decays from basket to basket as in TIFU-KNN (Hu et al., SIGIR 2020); the odds are a logistic
 * regression over the last baskets of the members.
 */
export function buildRepeatTable(log: PurchaseLog): RepeatTable {
  const { itemCount } = log;
  const { share, interval, typicalDays } = intervalsOf(log);
  const table: RepeatTable = {
    share,
    interval,
    lift: new Float32Array(itemCount),
    current: new Float32Array(itemCount),
    weights: new Float64Array(WIDTH + 1),
  };
  table.weights[WIDTH] = typicalDays;
  const times = new PurchaseTimes(log);
  const work = workOf(log);
  const examples = examplesOf(log, table, times, Math.ceil(work / EXAMPLES) || 1);
  table.weights.set(fitLogistic(examples, PRIOR, PULL));
  const evidence = evidenceOf(log, table, times, Math.ceil(work / LIFT_EXAMPLES) || 1);
  setLift(examples, evidence, table.weights);
  table.weights.set(fitLogistic(examples, PRIOR, PULL));
  for (let item = 0; item < itemCount; item += 1) {
    table.lift[item] = liftOf(evidence.seen[item] as number, evidence.expected[item] as number);
  }
  const end = endOf(log) + 1;
  for (let item = 0; item < itemCount; item += 1) table.current[item] = currentOf(times, item, end);
  return table;
}

/** Products that the one who asks has bought before, by the chance that the next basket has them. */
export function repeatFeature(table: RepeatTable): FindingFeature {
  const bought = new BoughtSoFar(table.share.length);
  const inputs = new Float32Array(WIDTH);
  return {
    kind: 'finds',
    name: 'repeat',
    score(question: Question, into: FeatureScores) {
      readPurchases(question, bought);
      const now = question.nowMs / SECONDS_MS;
      for (let row = 0; row < bought.count; row += 1) {
        const item = bought.items[row] as number;
        fillInputs(inputs, 0, bought, row, { now, table, current: table.current[item] as number });
        into.add(item, chanceOf(sumOf(inputs, 0, table.weights)));
      }
    },
    anchor: (_, item) => ({ item }),
  };
}

/** The share of an item's buyers who bought it again; 0 for an item that nobody has bought. */
export function repeatShareOf(table: RepeatTable, item: number): number {
  return table.share[item] ?? 0;
}

/** After how many days an item is usually bought again (the median); undefined where nobody has. */
export function repeatIntervalDaysOf(table: RepeatTable, item: number): number | undefined {
  const days = table.interval[item] ?? -1;
  return days < 0 ? undefined : days;
}

/** Share of buyers who bought again, median interval, and the median of all intervals. */
function intervalsOf(log: PurchaseLog): Pick<RepeatTable, 'share' | 'interval'> & { typicalDays: number } {
  const { itemCount } = log;
  const buyers = new Uint32Array(itemCount);
  const again = new Uint32Array(itemCount);
  const from = new Uint32Array(itemCount + 1);
  const bought = new BoughtSoFar(itemCount);
  eachBasket(
    log,
    1,
    bought,
    () => undefined,
    () => {
      for (let row = 0; row < bought.count; row += 1) {
        const item = bought.items[row] as number;
        const times = bought.times[row] as number;
        buyers[item] = (buyers[item] as number) + 1;
        if (times > 1) again[item] = (again[item] as number) + 1;
        from[item + 1] = (from[item + 1] as number) + times - 1;
      }
    },
  );
  for (let item = 0; item < itemCount; item += 1) from[item + 1] = (from[item + 1] as number) + (from[item] as number);
  const days = new Float32Array(from[itemCount] as number);
  const next = from.slice(0, itemCount);
  eachBasket(log, 1, bought, (basket) => {
    const at = log.boughtAt[basket] as number;
    const end = log.lines[basket + 1] as number;
    for (let line = log.lines[basket] as number; line < end; line += 1) {
      const item = log.items[line] as number;
      const row = bought.rowOf(item);
      // A basket may name a product twice.
      if (row < 0 || log.items.subarray(log.lines[basket], line).includes(item)) continue;
      const place = next[item] as number;
      days[place] = daysBetween(bought.lastAt[row] as number, at);
      next[item] = place + 1;
    }
  });
  const interval = new Float32Array(itemCount).fill(-1);
  for (let item = 0; item < itemCount; item += 1) {
    const median = medianOf(days.subarray(from[item], from[item + 1]));
    if (median !== undefined) interval[item] = median;
  }
  const typicalDays = medianOf(days) ?? DEFAULT_INTERVAL_DAYS;
  return {
    share: Float32Array.from(again, (count, item) => count / Math.max(1, buyers[item] as number)),
    interval,
    typicalDays,
  };
}

/** Sorts the values where they lie. */
function medianOf(values: Float32Array): number | undefined {
  if (values.length === 0) return undefined;
  values.sort();
  const middle = (values.length - 1) / 2;
  return ((values[Math.floor(middle)] as number) + (values[Math.ceil(middle)] as number)) / 2;
}

/**
 * Goes through the baskets of every `stride`-th member, oldest first: `before` is called before a basket is added to what the member has bought so far,
 * for the baskets that are not the first, `after` when all are.
 */
function eachBasket(
  log: PurchaseLog,
  stride: number,
  bought: BoughtSoFar,
  before: (basket: number, left: number) => void,
  after: () => void = () => undefined,
): void {
  const { from, lines, items, boughtAt } = log;
  for (let member = 0; member < memberCountOf(log); member += stride) {
    bought.clear();
    const first = from[member] as number;
    const end = from[member + 1] as number;
    for (let basket = first; basket < end; basket += 1) {
      if (basket > first) before(basket, end - basket);
      bought.startBasket(boughtAt[basket] as number);
      for (let line = lines[basket] as number; line < (lines[basket + 1] as number); line += 1) {
        bought.add(items[line] as number);
      }
    }
    after();
  }
}

/** About how many examples a log gives. */
function workOf(log: PurchaseLog): number {
  let work = 0;
  for (let member = 0; member < memberCountOf(log); member += 1) {
    const first = log.from[member] as number;
    const end = log.from[member + 1] as number;
    const lines = (log.lines[end] as number) - (log.lines[first] as number);
    work += Math.min(BASKETS_LEARNT, Math.max(0, end - first - 1)) * lines;
  }
  return work;
}

function eachExample(
  log: PurchaseLog,
  { table, times, stride }: { table: RepeatTable; times: PurchaseTimes; stride: number },
  visit: (bought: BoughtSoFar, row: number, moment: Moment, isBought: boolean) => void,
): void {
  const bought = new BoughtSoFar(log.itemCount);
  // One more than the basket that has the item, so that 0 is none.
  const inBasket = new Uint32Array(log.itemCount);
  eachBasket(log, stride, bought, (basket, left) => {
    if (left > BASKETS_LEARNT) return;
    for (let line = log.lines[basket] as number; line < (log.lines[basket + 1] as number); line += 1) {
      inBasket[log.items[line] as number] = basket + 1;
    }
    const now = log.boughtAt[basket] as number;
    for (let row = 0; row < bought.count; row += 1) {
      const item = bought.items[row] as number;
      visit(bought, row, { now, table, current: currentOf(times, item, now) }, inBasket[item] === basket + 1);
    }
  });
}

function examplesOf(
  log: PurchaseLog,
  table: RepeatTable,
  times: PurchaseTimes,
  stride: number,
): Examples & { items: Uint32Array } {
  let count = 0;
  let items = new Uint32Array(1024);
  let labels = new Uint8Array(items.length);
  let inputs = new Float32Array(items.length * WIDTH);
  eachExample(log, { table, times, stride }, (bought, row, moment, isBought) => {
    if (count === items.length) {
      const longer = { items, labels, inputs };
      items = new Uint32Array(2 * count);
      labels = new Uint8Array(2 * count);
      inputs = new Float32Array(2 * count * WIDTH);
      items.set(longer.items);
      labels.set(longer.labels);
      inputs.set(longer.inputs);
    }
    fillInputs(inputs, count * WIDTH, bought, row, moment);
    items[count] = bought.items[row] as number;
    labels[count] = isBought ? 1 : 0;
    count += 1;
  });
  return { width: WIDTH, count, inputs, labels, items };
}

/** How often each item was bought again, and how often it was to be expected. */
type Evidence = { seen: Float64Array; expected: Float64Array };

/** Compares with what a first fit expects, which knows nothing of single items. */
function evidenceOf(log: PurchaseLog, table: RepeatTable, times: PurchaseTimes, stride: number): Evidence {
  const seen = new Float64Array(log.itemCount);
  const expected = new Float64Array(log.itemCount);
  const inputs = new Float32Array(WIDTH);
  eachExample(log, { table, times, stride }, (bought, row, moment, isBought) => {
    const item = bought.items[row] as number;
    fillInputs(inputs, 0, bought, row, moment);
    expected[item] = (expected[item] as number) + chanceOf(sumOf(inputs, 0, table.weights));
    if (isBought) seen[item] = (seen[item] as number) + 1;
  });
  return { seen, expected };
}

/** Tells each example the lift of its item as all other examples have it: what it was itself must not give it away. */
function setLift(
  examples: Examples & { items: Uint32Array },
  { seen, expected }: Evidence,
  weights: Float64Array,
): void {
  const { inputs, items, labels, count } = examples;
  for (let example = 0; example < count; example += 1) {
    const item = items[example] as number;
    const others = (expected[item] as number) - chanceOf(sumOf(inputs, example * WIDTH, weights));
    const lift = liftOf((seen[item] as number) - (labels[example] as number), others);
    inputs[example * WIDTH + LIFT] = lift;
  }
}

const liftOf = (seen: number, expected: number): number =>
  Math.log((Math.max(0, seen) + LIFT_EVIDENCE) / (Math.max(0, expected) + LIFT_EVIDENCE));

/** When a chance is asked for, in seconds, and how popular the item is then. */
type Moment = { now: number; table: RepeatTable; current: number };

/** What bears on the chance that a product is bought again, as the inputs of a logistic regression. */
function fillInputs(into: Float32Array, offset: number, bought: BoughtSoFar, row: number, moment: Moment): void {
  const { now, table, current } = moment;
  const item = bought.items[row] as number;
  const times = bought.times[row] as number;
  const basketsSince = bought.baskets - (bought.lastBasket[row] as number);
  const daysSince = daysBetween(bought.lastAt[row] as number, now);
  const late = Math.log((daysSince + 1) / (expectedDays(bought, row, table) + 1));
  into[offset] = 1;
  into[offset + 1] = Math.log(times);
  into[offset + 2] = Math.log(basketsSince);
  into[offset + 3] = Math.log(bought.baskets);
  into[offset + 4] = Math.log(bought.weightOf(row) + 1e-9);
  into[offset + 5] = Math.log(1 + daysSince);
  into[offset + 6] = late < 0 ? -late : 0;
  into[offset + 7] = late > 0 ? late : 0;
  into[offset + LIFT] = table.lift[item] as number;
  into[offset + 9] = current;
  into[offset + 10] = Math.log(bought.lines / bought.baskets);
  into[offset + 11] = times === 1 ? 1 : 0;
  into[offset + 12] = basketsSince === 1 ? 1 : 0;
}

/** The interval after which this member is expected to buy again: the member's own mean, and as two more intervals the item's. */
function expectedDays(bought: BoughtSoFar, row: number, table: RepeatTable): number {
  const own = table.interval[bought.items[row] as number] as number;
  const typical = own < 0 ? (table.weights[WIDTH] as number) : own;
  const intervals = (bought.times[row] as number) - 1;
  return (daysBetween(bought.firstAt[row] as number, bought.lastAt[row] as number) + 2 * typical) / (intervals + 2);
}

/** How popular an item is at an instant: the logarithm of its share of the baskets of the weeks before. */
function currentOf(times: PurchaseTimes, item: number, at: number): number {
  const since = at - WINDOW_SECONDS;
  return Math.log((times.countOf(item, since, at) + 0.5) / (times.basketsIn(since, at) + 10));
}

function sumOf(inputs: Float32Array, offset: number, weights: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < WIDTH; at += 1) sum += (inputs[offset + at] as number) * (weights[at] as number);
  return sum;
}
