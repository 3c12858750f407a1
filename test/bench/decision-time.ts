/** How long the pure decision takes, warm, without reading or writing anything. */
import { orderCompleted } from '../../events/order/order-completed.v1.ts';
import { orderPlaced } from '../../events/order/order-placed.v1.ts';
import { pack, unpack } from '../../shared/adapters/dynamo/packed.ts';
import { contentHash } from '../../shared/domain/intake/content-hash.ts';
import {
  type AccountRecord,
  decideOrder,
  type Known,
  newAccountRecord,
  unknownOrder,
} from '../../shared/domain/loyalty/decide-order.ts';
import { type OrderFact, orderFact } from '../../shared/domain/loyalty/order-facts.ts';
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
  const day = (HISTORY_ORDERS + 1) * 9;
  return lineCounts.map((lines) => {
    // A new order in every run, so that nothing is fast because it was just computed.
    const cases = Array.from({ length: 200 }, () => {
      const fact = factOf(orders.placed(orders.order(lines, MEMBER, day)));
      return { fact, known: knownOf(fact, account) };
    });
    const decide = (run: number) => {
      const { fact, known } = cases[run % cases.length] ?? cases[0] ?? never();
      return decideOrder(known, fact, currentPolicy, fact.atMs);
    };
    const decided = decide(0);
    if (decided.kind !== 'write') throw new Error(`The decision measured is no write but ${decided.kind}`);
    const records = [decided.order, decided.accounts[0]?.record];
    const packed = records.map(pack);
    const [decideUs = [], packUs = [], unpackUs = []] = [decide, () => records.map(pack), () => packed.map(unpack)].map(
      (work) => measureRounds(work, rounds, runs),
    );
    return {
      lines,
      p50Us: median(decideUs.map((round) => percentile(round, 0.5))),
      p99Us: median(decideUs.map((round) => percentile(round, 0.99))),
      quietP99Us: Math.min(...decideUs.map((round) => percentile(round, 0.99))),
      packUs: median(packUs.map((round) => percentile(round, 0.5))),
      unpackUs: median(unpackUs.map((round) => percentile(round, 0.5))),
    };
  });
}

/** Microseconds of every run, round by round, once the code is warm. */
function measureRounds(work: (run: number) => unknown, rounds: number, runs: number): number[][] {
  for (let run = 0; run < WARM_UP_RUNS; run += 1) work(run);
  const measured: number[][] = [];
  for (let round = 0; round < rounds; round += 1) {
    const times = new Array<number>(runs);
    for (let run = 0; run < runs; run += 1) {
      const startedMs = performance.now();
      work(run);
      times[run] = (performance.now() - startedMs) * 1_000;
    }
    measured.push(times);
  }
  return measured;
}

function accountWithHistory(orders: SampleOrders): AccountRecord {
  let account = newAccountRecord(MEMBER.memberId, currentPolicy);
  for (let number = 0; number < HISTORY_ORDERS; number += 1) {
    const order = orders.order(4, MEMBER, number * 9);
    let known: Known | undefined;
    for (const event of [orders.placed(order), orders.completed(order)]) {
      const fact = factOf(event);
      known = knownOf(fact, account, known);
      const decision = decideOrder(known, fact, currentPolicy, fact.atMs);
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
