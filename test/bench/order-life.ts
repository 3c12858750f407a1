/** What the orders of a shop take from end to end: the quantities that the bill is made of. */
import type { MeteredShop, Publishing, Took } from './metered-shop.ts';
import { ASSUMPTIONS } from './prices.ts';
import { type SampleEvent, SampleOrders } from './sample-orders.ts';
import { mean, median } from './statistics.ts';

/** Averages per event of one kind; CPU in milliseconds of this machine. */
export type EventEffort = {
  claimWru: number;
  admissionRru: number;
  reactionWru: number;
  reactionRru: number;
  /** The event on the bus, with the envelope that EventBridge puts around it. */
  busBytes: number;
  cpuOfOneMs: number;
  cpuOfTenMs: number;
  logBytesPerBatch: number;
  logLinesPerBatch: number;
  streamRecords: number;
  publishedEvents: number;
  publishedBusBytes: number;
  publishedTypes: Record<string, number>;
  /** The publisher, by the number of records it was given at a time. */
  publisherCpu: { records: number; cpuMs: number }[];
};

export type IntakeEffort = { events: number; cpuMs: number; bodyBytes: number; answerBytes: number; claimWru: number };

export type OrderLife = {
  members: number;
  ordersPerMember: number;
  lines: number;
  placed: EventEffort;
  completed: EventEffort;
  intake: IntakeEffort[];
  storedBytesPerOrder: number;
  storedItemsPerOrder: number;
};

export type LifeOptions = { members: number; rounds: number; lines: number; publisherBatch: number };

/** Few rounds would miss the pages that an account's journal is moved to. */
export const LIFE: LifeOptions = { members: 20, rounds: 60, lines: 10, publisherBatch: ASSUMPTIONS.recordsPerBatch };
export const QUICK_LIFE: LifeOptions = { ...LIFE, members: 10, rounds: 18 };

const RHYTHM_DAYS = 9;
const BATCH = 10;
const LARGE_PUBLISHER_BATCH = 100;
/** The first rounds warm the code up; they are lived, but their time does not count. */
const WARM_UP_ROUNDS = 3;

type Batch = { took: Took; events: number; timed: boolean };
type Published = Publishing & { asked: number; timed: boolean };
type Samples = { batches: Batch[]; published: Published[]; busBytes: number[] };

/** Members place orders and receive them, round by round, in batches of ten and now and then one at a time. */
export async function measureOrderLife(
  shop: MeteredShop,
  { members, rounds, lines, publisherBatch }: LifeOptions,
): Promise<OrderLife> {
  const sample = new SampleOrders(23);
  const before = await shop.stored();
  const placed: Samples = { batches: [], published: [], busBytes: [] };
  const completed: Samples = { batches: [], published: [], busBytes: [] };
  await shop.publish();
  for (let round = 0; round < rounds; round += 1) {
    const orders = Array.from({ length: members }, (_, member) =>
      sample.order(lines, { memberId: `mem-life-${member}` }, round * RHYTHM_DAYS + member / members),
    );
    // The reaction takes events one by one in every third round, the publisher its records in small batches in every other.
    const how = {
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
      orders.map((order) => sample.completed(order)),
      how,
    );
  }
  const after = await shop.stored();
  const orders = members * rounds;
  return {
    members,
    ordersPerMember: rounds,
    lines,
    placed: effortOf(placed),
    completed: effortOf(completed),
    intake: await measureIntake(shop, sample, lines),
    storedBytesPerOrder: (after.bytes - before.bytes) / orders,
    storedItemsPerOrder: (after.items - before.items) / orders,
  };
}

async function liveRound(
  shop: MeteredShop,
  { batches, published, busBytes: sizes }: Samples,
  events: readonly SampleEvent[],
  { size, records, timed }: { size: number; records: number; timed: boolean },
): Promise<void> {
  for (let from = 0; from < events.length; from += size) {
    const batch = events.slice(from, from + size);
    batches.push({ took: await shop.react(batch), events: batch.length, timed });
  }
  sizes.push(...events.map((event) => busBytes(Buffer.byteLength(JSON.stringify(event)), event.type)));
  published.push({ ...(await shop.publish(records)), asked: records, timed });
}

function effortOf({ batches, published, busBytes: sizes }: Samples): EventEffort {
  const events = sizes.length;
  const perEvent = (pick: (took: Took) => number) => sum(batches.map(({ took }) => pick(took))) / events;
  const cpuOf = (size: number) =>
    median(batches.filter((it) => it.timed && it.events === size).map(({ took }) => took.cpuMs));
  const types: Record<string, number> = {};
  for (const [type, count] of published.flatMap((it) => Object.entries(it.types))) {
    types[type] = (types[type] ?? 0) + count / events;
  }
  const envelopes = sum(Object.entries(types).map(([type, count]) => count * busBytes(0, type)));
  const asked = [...new Set(published.map((it) => it.asked))].sort((a, b) => a - b);
  return {
    claimWru: perEvent(({ inboxWrites }) => inboxWrites),
    admissionRru: perEvent(({ inboxReads }) => inboxReads),
    reactionWru: perEvent(({ profileWrites }) => profileWrites),
    reactionRru: perEvent(({ profileReads }) => profileReads),
    busBytes: mean(sizes),
    cpuOfOneMs: cpuOf(1),
    cpuOfTenMs: cpuOf(BATCH),
    logBytesPerBatch: mean(batches.map(({ took }) => took.logBytes)),
    logLinesPerBatch: mean(batches.map(({ took }) => took.logLines)),
    streamRecords: sum(published.map((it) => it.records)) / events,
    publishedEvents: sum(published.map((it) => it.events)) / events,
    publishedBusBytes: sum(published.map((it) => it.bytes)) / events + envelopes,
    publishedTypes: types,
    publisherCpu: asked.map((records) => {
      const those = published.filter((it) => it.timed && it.asked === records && it.invocations > 0);
      return {
        records: mean(those.map((it) => it.records / it.invocations)),
        cpuMs: median(those.map((it) => it.cpuMs / it.invocations)),
      };
    }),
  };
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

/** The bytes of an event as the bus, and so the archive, sees it. */
function busBytes(detailBytes: number, type: string): number {
  const envelope = {
    version: '0',
    id: '00000000-0000-0000-0000-000000000000',
    'detail-type': type,
    source: `rapport.${type.split('.')[0]}`,
    account: '000000000000',
    time: '2026-01-05T10:00:00Z',
    region: 'us-east-1',
    resources: [],
  };
  return detailBytes + Buffer.byteLength(JSON.stringify(envelope)) + ',"detail":'.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
