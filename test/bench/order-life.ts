/** What the orders of a shop take from end to end: the quantities that the bill is made of. */
import { type Effort, Samples, sum } from './effort.ts';
import type { MeteredShop, Stored } from './metered-shop.ts';
import { ASSUMPTIONS } from './prices.ts';
import { instantOf, type SampleEvent, SampleOrders } from './sample-orders.ts';
import { mean, median } from './statistics.ts';
import type { Took } from './took.ts';

export type IntakeEffort = { events: number; cpuMs: number; bodyBytes: number; answerBytes: number; claimWru: number };

export type OrderLife = {
  members: number;
  ordersPerMember: number;
  lines: number;
  placed: Effort;
  completed: Effort;
  /** Per member for whom something had fallen due: points that can be spent now, that expire soon or have expired. */
  due: Effort;
  /** How often that was, per order. */
  duesPerOrder: number;
  /** What one run of the booking reads to find out that nothing is due. */
  idleRunRru: number;
  /** What the nightly look at all accounts takes for each order that a member has had. */
  scanCpuMsPerOrder: number;
  intake: IntakeEffort[];
  /** By kind of item, of the orders that were placed and completed here. */
  stored: Record<string, Stored>;
};

export type LifeOptions = { members: number; rounds: number; lines: number; publisherBatch: number };

/** Few rounds would miss the pages that an account's journal is moved to. */
export const LIFE: LifeOptions = { members: 20, rounds: 60, lines: 10, publisherBatch: ASSUMPTIONS.recordsPerBatch };
export const QUICK_LIFE: LifeOptions = { ...LIFE, members: 10, rounds: 18 };

/** The hold of an order that is completed after a day has ended before the next order is placed. */
const RHYTHM_DAYS = 9;
const BATCH = 10;
const LARGE_PUBLISHER_BATCH = 100;
/** The first rounds warm the code up; they are lived, but their time does not count. */
const WARM_UP_ROUNDS = 3;

type How = { size: number; records: number; timed: boolean };

/**
 * Members place orders and receive them, round by round, in batches of ten and now and then one at a time; every day
 * what has fallen due is booked.
 */
export async function measureOrderLife(
  shop: MeteredShop,
  { members, rounds, lines, publisherBatch }: LifeOptions,
): Promise<OrderLife> {
  const sample = new SampleOrders(23);
  const before = await shop.stored();
  const placed = new Samples();
  const completed = new Samples();
  const due = new Samples();
  let dues = 0;
  await shop.publish();
  for (let round = 0; round < rounds; round += 1) {
    const orders = Array.from({ length: members }, (_, member) =>
      sample.order(lines, { memberId: `mem-life-${member}` }, round * RHYTHM_DAYS + member / members),
    );
    // The reaction takes events one by one in every third round, the publisher its records in small batches in every other.
    const how: How = {
      size: round % 3 === 2 ? 1 : BATCH,
      records: round % 2 === 0 ? publisherBatch : LARGE_PUBLISHER_BATCH,
      timed: round >= WARM_UP_ROUNDS,
    };
    await liveRound(
      shop,
      placed,
      orders.map((order) => sample.placed(order)),
      how,
    );
    await liveRound(
      shop,
      completed,
      orders.map((order) => sample.completed(order, 1)),
      how,
    );
    for (let day = 3; day <= RHYTHM_DAYS; day += 1) {
      const { took, members: booked } = await shop.bookDue(instantOf(round * RHYTHM_DAYS + day));
      due.took(took, { events: booked, timed: how.timed });
      dues += booked;
      if (booked > 0) await due.publish(shop, how.records, how.timed);
    }
  }
  const after = await shop.stored();
  const orders = members * rounds;
  const idle = await shop.bookDue(instantOf(rounds * RHYTHM_DAYS));
  return {
    members,
    ordersPerMember: rounds,
    lines,
    placed: placed.effort(),
    completed: completed.effort(),
    due: due.effort(),
    duesPerOrder: dues / orders,
    idleRunRru: idle.took.noteReads + idle.took.policyReads,
    scanCpuMsPerOrder: await measureScan(shop, orders, rounds),
    intake: await measureIntake(shop, sample, lines),
    stored: difference(after, before),
  };
}

async function liveRound(
  shop: MeteredShop,
  samples: Samples,
  events: readonly SampleEvent[],
  { size, records, timed }: How,
): Promise<void> {
  for (let from = 0; from < events.length; from += size) {
    const batch = events.slice(from, from + size);
    samples.took(await shop.react(batch), { events: batch.length, timed });
  }
  samples.onBus(events);
  await samples.publish(shop, records, timed);
}

/** What has come to the tables between two looks at them. */
export function difference(after: ReadonlyMap<string, Stored>, before: ReadonlyMap<string, Stored>) {
  const grown = [...after].map(([kind, { items, bytes }]): [string, Stored] => {
    const had = before.get(kind) ?? { items: 0, bytes: 0 };
    return [kind, { items: items - had.items, bytes: bytes - had.bytes }];
  });
  return Object.fromEntries(grown.filter(([, { items }]) => items > 0));
}

export function total(stored: Record<string, Stored>): Stored {
  const all = Object.values(stored);
  return { items: sum(all.map(({ items }) => items)), bytes: sum(all.map(({ bytes }) => bytes)) };
}

async function measureScan(shop: MeteredShop, orders: number, rounds: number): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < WARM_UP_ROUNDS + 5; run += 1) {
    const { took } = await shop.countMembers(instantOf(rounds * RHYTHM_DAYS));
    if (run >= WARM_UP_ROUNDS) times.push(took.cpuMs);
  }
  return median(times) / orders;
}

async function measureIntake(shop: MeteredShop, sample: SampleOrders, lines: number): Promise<IntakeEffort[]> {
  const efforts: IntakeEffort[] = [];
  for (const events of [1, 100]) {
    const tooks: Took[] = [];
    let bodyBytes = 0;
    for (let run = 0; run < 12; run += 1) {
      const batch = Array.from({ length: events }, (_, index) =>
        sample.placed(sample.order(lines, { memberId: `mem-intake-${index}` }, run)),
      );
      bodyBytes = Buffer.byteLength(JSON.stringify(batch));
      tooks.push(await shop.intake(batch));
    }
    const warm = tooks.slice(WARM_UP_ROUNDS);
    efforts.push({
      events,
      cpuMs: median(warm.map(({ cpuMs }) => cpuMs)),
      bodyBytes,
      answerBytes: mean(warm.map(({ answerBytes }) => answerBytes)),
      claimWru: mean(warm.map(({ inboxWrites }) => inboxWrites)) / events,
    });
  }
  return efforts;
}
