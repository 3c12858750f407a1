/** How long the pure decision takes, warm, without reading or writing anything. */
import { orderCompleted } from '../../events/order/order-completed.v1.ts';
import { orderPlaced } from '../../events/order/order-placed.v1.ts';
import { pack, unpack } from '../../shared/adapters/dynamo/packed.ts';
import { contentHash } from '../../shared/domain/intake/content-hash.ts';
import { type AccountRecord, newAccountRecord } from '../../shared/domain/loyalty/book-postings.ts';
import { decideOrder, type Known, unknownOrder } from '../../shared/domain/loyalty/decide-order.ts';
import { type OrderFact, orderFact } from '../../shared/domain/loyalty/order-facts.ts';
import { always } from '../../shared/policy/policies.ts';
import { currentPolicy } from '../../shared/policy/policy.ts';
import { type SampleEvent, SampleOrders } from './sample-orders.ts';
import { median, percentile } from './statistics.ts';

export type DecisionRow = {
  lines: number;
  p50Us: number;
  p99Us: number;
  /** Of the round with the lowest p99. */
  quietP99Us: number;
  packUs: number;
  unpackUs: number;
};

export type DecisionOptions = { lineCounts: readonly number[]; rounds: number; runs: number };

/** Enough for the compiler to have made up its mind. */
const WARM_UP_RUNS = 10_000;
const HISTORY_ORDERS = 12;
const MEMBER = { memberId: 'mem-decision' };

/** Percentiles are the medians over the rounds: a round that another process disturbed does not decide. */
export function measureDecisions({ lineCounts, rounds, runs }: DecisionOptions): DecisionRow[] {
  const orders = new SampleOrders(3);
  const account = accountWithHistory(orders);
  const work = lineCounts.map((lines) => workOf(lines, orders, account));
  // All of it first: what the compiler learns from one size it would unlearn while another is measured.
  for (const { decide, pack: packAll, unpack: unpackAll } of work) {
    for (const warmUp of [decide, packAll, unpackAll]) for (let run = 0; run < WARM_UP_RUNS; run += 1) warmUp(run);
  }
  return work.map(({ lines, ...steps }) => {
    const decided = roundsOf(steps.decide, rounds, runs);
    const p99s = decided.map((round) => percentile(round, 0.99));
    const middle = (measured: number[][]) => median(measured.map((round) => percentile(round, 0.5)));
    return {
      lines,
      p50Us: middle(decided),
      p99Us: median(p99s),
      quietP99Us: Math.min(...p99s),
      packUs: middle(roundsOf(steps.pack, rounds, runs)),
      unpackUs: middle(roundsOf(steps.unpack, rounds, runs)),
    };
  });
}

/** What is measured for orders of one size: the decision, and packing and unpacking the two records it writes. */
function workOf(lines: number, orders: SampleOrders, account: AccountRecord) {
  const day = (HISTORY_ORDERS + 1) * 9;
  // Many orders, taken by turns, so that nothing is fast because it was just computed.
  const cases = Array.from({ length: 200 }, () => {
    const fact = factOf(orders.placed(orders.order(lines, MEMBER, day)));
    return { fact, known: knownOf(fact, account) };
  });
  const decide = (run: number) => {
    const { fact, known } = cases[run % cases.length] ?? cases[0] ?? never();
    return decideOrder(known, fact, always(currentPolicy), fact.atMs);
  };
  const decided = decide(0);
  if (decided.kind !== 'write') throw new Error(`The decision measured is no write but ${decided.kind}`);
  const records = [decided.order, decided.accounts[0]?.record];
  const packed = records.map(pack);
  return { lines, decide, pack: () => records.map(pack), unpack: () => packed.map(unpack) };
}

/** Microseconds of every run, round by round. */
function roundsOf(work: (run: number) => unknown, rounds: number, runs: number): number[][] {
  return Array.from({ length: rounds }, () => {
    const times = new Array<number>(runs);
    for (let run = 0; run < runs; run += 1) {
      const startedMs = performance.now();
      work(run);
      times[run] = (performance.now() - startedMs) * 1_000;
    }
    return times;
  });
}

function accountWithHistory(orders: SampleOrders): AccountRecord {
  let account = newAccountRecord(MEMBER.memberId, always(currentPolicy));
  for (let number = 0; number < HISTORY_ORDERS; number += 1) {
    const order = orders.order(4, MEMBER, number * 9);
    let known: Known | undefined;
    for (const event of [orders.placed(order), orders.completed(order)]) {
      const fact = factOf(event);
      known = knownOf(fact, account, known);
      const decision = decideOrder(known, fact, always(currentPolicy), fact.atMs);
      if (decision.kind !== 'write') throw new Error(`The history cannot be written: ${decision.kind}`);
      account = decision.accounts[0]?.record ?? account;
      known = { ...known, order: decision.order };
    }
  }
  return account;
}

function knownOf(fact: OrderFact, account: AccountRecord, before?: Known): Known {
  const known = before ?? unknownOrder(fact.data.orderId);
  return { ...known, accounts: new Map([[account.memberId, account]]) };
}

function factOf(event: SampleEvent): OrderFact {
  const hash = contentHash(event);
  if (event.type === orderPlaced.type) {
    const parsed = orderPlaced.parse(event);
    return parsed.ok ? orderFact<'placed'>('placed', parsed.event, hash) : never();
  }
  const parsed = orderCompleted.parse(event);
  return parsed.ok ? orderFact<'completed'>('completed', parsed.event, hash) : never();
}

function never(): never {
  throw new Error('The sample is no valid event');
}
