/** Units that events consume, read from what the tables answer. */
import type { MeteredShop, Took } from './metered-shop.ts';
import { type SampleEvent, type SampleOrder, SampleOrders } from './sample-orders.ts';
import { mean } from './statistics.ts';

/** Averages over the repetitions; `reactionWruMost` is the most that one of them took. */
export type UnitsRow = {
  what: string;
  /** The claim of the event's id, written once per event: by intake, or by the reaction where the event came by the bus. */
  claimWru: number;
  /** The reaction's look at the claims. */
  admissionRru: number;
  reactionWru: number;
  reactionWruMost: number;
  reactionRru: number;
};

export type Units = {
  rows: UnitsRow[];
  /** 100 orders of one member in turn, placed and completed: pages of the journal are written on the way. */
  hundredOrders: { placed: UnitsRow; completed: UnitsRow };
  redelivery: UnitsRow;
  repetitions: number;
};

/** What an RRU costs in WRU, at 0.125 and 0.625 dollars per million. */
export const WRU_PER_RRU = 0.2;

const HISTORY_ORDERS = 12;
const HISTORY_LINES = 4;
/** Between the orders of a member, in days. */
const RHYTHM_DAYS = 9;

export function wruEquivalent(row: UnitsRow): number {
  return row.claimWru + row.reactionWru + (row.admissionRru + row.reactionRru) * WRU_PER_RRU;
}

type Measured = { intake: Took; reaction: Took };

export async function measureUnits(shop: MeteredShop, { repetitions }: { repetitions: number }): Promise<Units> {
  const orders = new SampleOrders(7);
  const live = (event: SampleEvent) => liveOnce(shop, event);
  let members = 0;
  const known = async (history = HISTORY_ORDERS) => {
    members += 1;
    const owner = { memberId: `mem-${40_000 + members}` };
    for (let day = 0; day < history; day += 1) {
      const order = orders.order(HISTORY_LINES, owner, day * RHYTHM_DAYS);
      await shop.live([orders.placed(order), orders.completed(order)]);
    }
    return owner;
  };
  const today = HISTORY_ORDERS * RHYTHM_DAYS;
  const repeated = async (what: string, once: (repetition: number) => Promise<Measured>) => {
    const measured: Measured[] = [];
    for (let repetition = 0; repetition < repetitions; repetition += 1) measured.push(await once(repetition));
    return rowOf(what, measured);
  };
  const rows: UnitsRow[] = [];
  for (const lines of [1, 10, 30, 100]) {
    rows.push(
      // The histories differ in length, so that every place in a page of the journal is met.
      await repeated(`order.placed, ${lines} ${lines === 1 ? 'line' : 'lines'}`, async (repetition) =>
        live(orders.placed(orders.order(lines, await known(HISTORY_ORDERS - (repetition % 5)), today))),
      ),
    );
  }
  rows.push(
    await repeated('order.placed, 10 lines, first order of a member', async () => {
      members += 1;
      return live(orders.placed(orders.order(10, { memberId: `mem-${40_000 + members}` }, today)));
    }),
    await repeated('order.placed, 10 lines, by a guest', () => live(orders.placed(orders.order(10, {}, today)))),
    await repeated('order.placed, 10 lines, by a visitor', async () => {
      members += 1;
      const owner = { anonymousId: `anon-${members}` };
      return live(orders.placed(orders.order(10, owner, today)));
    }),
  );
  const later = async (
    what: string,
    prepare: (order: SampleOrder) => SampleEvent[],
    event: (order: SampleOrder) => SampleEvent,
  ) =>
    repeated(what, async (repetition) => {
      const order = orders.order(10, await known(HISTORY_ORDERS - (repetition % 5)), today);
      await shop.live(prepare(order));
      return live(event(order));
    });
  rows.push(
    await later(
      'order.completed, 10 lines',
      (order) => [orders.placed(order)],
      (order) => orders.completed(order),
    ),
    await later(
      'order.returned, 2 of 10 lines',
      (order) => [orders.placed(order), orders.completed(order)],
      (order) => orders.returned(order, 2),
    ),
    await later(
      'order.cancelled, 10 lines',
      (order) => [orders.placed(order)],
      (order) => orders.cancelled(order),
    ),
  );
  rows.push(
    await repeated('order.placed, 10 lines, straight to the bus', async () => {
      const event = orders.placed(orders.order(10, await known(), today));
      return { intake: nothing, reaction: await shop.react([event]) };
    }),
  );
  const redelivery = await repeated('order.placed, 10 lines, delivered again', async () => {
    const event = orders.placed(orders.order(10, await known(), today));
    await shop.live([event]);
    return { intake: nothing, reaction: await shop.react([event]) };
  });
  return { rows, hundredOrders: await hundredOrders(shop, orders), redelivery, repetitions };
}

async function hundredOrders(shop: MeteredShop, orders: SampleOrders): Promise<Units['hundredOrders']> {
  const placed: Measured[] = [];
  const completed: Measured[] = [];
  for (let number = 0; number < 100; number += 1) {
    const order = orders.order(10, { memberId: 'mem-of-100' }, number * RHYTHM_DAYS);
    placed.push(await liveOnce(shop, orders.placed(order)));
    completed.push(await liveOnce(shop, orders.completed(order)));
  }
  return {
    placed: rowOf('order.placed, 100 orders of one member, each', placed),
    completed: rowOf('order.completed, 100 orders of one member, each', completed),
  };
}

const nothing: Took = {
  inboxWrites: 0,
  inboxReads: 0,
  profileWrites: 0,
  profileReads: 0,
  logBytes: 0,
  logLines: 0,
  answerBytes: 0,
  cpuMs: 0,
  wallMs: 0,
};

async function liveOnce(shop: MeteredShop, event: SampleEvent): Promise<Measured> {
  const intake = await shop.intake([event]);
  return { intake, reaction: await shop.react([event]) };
}

function rowOf(what: string, measured: readonly Measured[]): UnitsRow {
  const average = (pick: (it: Measured) => number) => mean(measured.map(pick));
  return {
    what,
    claimWru: average(({ intake, reaction }) => intake.inboxWrites + reaction.inboxWrites),
    admissionRru: average(({ reaction }) => reaction.inboxReads),
    reactionWru: average(({ reaction }) => reaction.profileWrites),
    reactionWruMost: Math.max(...measured.map(({ reaction }) => reaction.profileWrites)),
    reactionRru: average(({ reaction }) => reaction.profileReads),
  };
}
