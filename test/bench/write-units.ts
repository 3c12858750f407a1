/** Units that events and commands consume, read from what the tables answer. */
import { adjust, give, keep, redeem } from './member-life.ts';
import type { MeteredShop } from './metered-shop.ts';
import { instantOf, type SampleEvent, type SampleOrder, SampleOrders } from './sample-orders.ts';
import { mean } from './statistics.ts';
import { NOTHING, sumOf, type Took } from './took.ts';

/** Averages over the repetitions; `wruMost` is the most that one of them took, notes included. */
export type UnitsRow = {
  what: string;
  /** The claim of the event's id, written once per event: by intake, or by the reaction where the event came by the bus. */
  claimWru: number;
  /** The reaction's look at the claims. */
  admissionRru: number;
  reactionWru: number;
  /** Notes of what falls due next: the publisher's, and those that are taken away. */
  noteWru: number;
  wruMost: number;
  reactionRru: number;
  /** One look of the handler and one of the publisher at which policies there are; once per batch. */
  policyRru: number;
  /** Whether the budget of an order event or of a redemption counts for it. */
  budgeted: boolean;
};

export type Units = {
  rows: UnitsRow[];
  /** 100 orders of one member in turn, placed and completed: pages of the journal are written on the way. */
  hundredOrders: { placed: UnitsRow; completed: UnitsRow; due: UnitsRow };
  redelivery: UnitsRow;
  repetitions: number;
};

/** What an RRU costs in WRU, at 0.125 and 0.625 dollars per million. */
export const WRU_PER_RRU = 0.2;

const HISTORY_ORDERS = 12;
const HISTORY_LINES = 4;
/** Between the orders of a member, in days. */
const RHYTHM_DAYS = 9;
/** The hold of an order that is completed on the day after has ended when the next one is placed. */
const COMPLETED_AFTER_DAYS = 1;
const POINTS = 150;
const MANY_REDEMPTIONS = 20;
const MINUTE_MS = 60_000;

/** WRU of an event with the notes that it leads to, without the claim. */
export function wruOf(row: UnitsRow): number {
  return row.reactionWru + row.noteWru;
}

export function wruEquivalent(row: UnitsRow): number {
  return row.claimWru + wruOf(row) + (row.admissionRru + row.reactionRru + row.policyRru) * WRU_PER_RRU;
}

type Measured = { intake: Took; handler: Took; publisher: Took };
type Owner = { memberId: string };

export async function measureUnits(shop: MeteredShop, options: { repetitions: number }): Promise<Units> {
  const bench = new UnitsBench(shop, options.repetitions);
  await shop.publish();
  const redemptions = [...(await bench.redemptions()), ...(await bench.manyRedemptions())];
  const rows = [...(await bench.orders()), ...redemptions, ...(await bench.others())];
  const hundredOrders = await bench.hundredOrders();
  return { rows, hundredOrders, redelivery: await bench.redelivery(), repetitions: options.repetitions };
}

class UnitsBench {
  readonly #shop: MeteredShop;
  readonly #repetitions: number;
  readonly #orders = new SampleOrders(7);
  #members = 0;

  constructor(shop: MeteredShop, repetitions: number) {
    this.#shop = shop;
    this.#repetitions = repetitions;
  }

  async orders(): Promise<UnitsRow[]> {
    const orders = this.#orders;
    const rows: UnitsRow[] = [];
    for (const lines of [1, 10, 30, 100]) {
      rows.push(
        await this.#repeated(`order.placed, ${lines} ${lines === 1 ? 'line' : 'lines'}`, lines <= 30, async (it) =>
          this.#live(orders.placed(orders.order(lines, await this.#known(it), TODAY))),
        ),
      );
    }
    rows.push(
      await this.#repeated('order.placed, 10 lines, first order of a member', true, () =>
        this.#live(orders.placed(orders.order(10, this.#stranger(), TODAY))),
      ),
      await this.#repeated('order.placed, 10 lines, by a guest', true, () =>
        this.#live(orders.placed(orders.order(10, {}, TODAY))),
      ),
      await this.#repeated('order.placed, 10 lines, by a visitor', true, () => {
        const { memberId: anonymousId } = this.#stranger();
        return this.#live(orders.placed(orders.order(10, { anonymousId }, TODAY)));
      }),
      await this.#later(
        'order.completed, 10 lines',
        (order) => [orders.placed(order)],
        (order) => orders.completed(order),
      ),
      await this.#later(
        'order.returned, 2 of 10 lines',
        (order) => [orders.placed(order), orders.completed(order)],
        (order) => orders.returned(order, 2),
      ),
      await this.#later(
        'order.cancelled, 10 lines',
        (order) => [orders.placed(order)],
        (order) => orders.cancelled(order),
      ),
      await this.#repeated('order.placed, 10 lines, straight to the bus', true, async (it) => {
        const event = orders.placed(orders.order(10, await this.#known(it), TODAY));
        return this.#followed(NOTHING, await this.#shop.react([event]));
      }),
    );
    return rows;
  }

  async redemptions(): Promise<UnitsRow[]> {
    const orders = this.#orders;
    /** A member at checkout: the points are spent, and the order that names them is about to be placed. */
    const atCheckout = async (repetition: number) => {
      const order = orders.order(10, await this.#known(repetition), TODAY);
      const redemptionId = orders.id('red');
      const command = redeem(ownerOf(order), { redemptionId, points: POINTS, orderId: order.orderId }, before(order));
      const redeemed = await this.#command(command);
      return { order, redeemed, placed: orders.placed(order, { redemptionId }) };
    };
    return [
      await this.#repeated('points redeemed', true, async (it) => {
        const { memberId } = await this.#known(it);
        const body = { redemptionId: orders.id('red'), points: POINTS };
        return this.#command(redeem(memberId, body, instantOf(TODAY)));
      }),
      await this.#repeated('points redeemed for an order', true, async (it) => (await atCheckout(it)).redeemed),
      await this.#repeated('order.placed, 10 lines, that names a redemption', true, async (it) =>
        this.#live((await atCheckout(it)).placed),
      ),
      await this.#repeated('order.cancelled, that names a redemption', true, async (it) => {
        const { order, placed } = await atCheckout(it);
        await this.#lived([placed]);
        return this.#live(orders.cancelled(order));
      }),
      await this.#repeated('order.returned, 2 of 10 lines, that names a redemption', true, async (it) => {
        const { order, placed } = await atCheckout(it);
        await this.#lived([placed, orders.completed(order, COMPLETED_AFTER_DAYS)]);
        return this.#live(orders.returned(order, 2));
      }),
    ];
  }

  /** Of a member who has paid part of many orders with points: what may have to go back is kept with the account. */
  async manyRedemptions(): Promise<UnitsRow[]> {
    const orders = this.#orders;
    const owner = await this.#known(0);
    const [redeemed, placed]: Measured[][] = [[], []];
    for (let number = 0; number < MANY_REDEMPTIONS + this.#repetitions; number += 1) {
      const order = orders.order(10, owner, TODAY + number * RHYTHM_DAYS);
      const redemptionId = orders.id('red');
      const body = { redemptionId, points: POINTS, orderId: order.orderId };
      const taken = await this.#command(redeem(owner.memberId, body, before(order)));
      const ordered = await this.#live(orders.placed(order, { redemptionId }));
      await this.#lived([orders.completed(order, COMPLETED_AFTER_DAYS)]);
      await this.#clearDue(TODAY + (number + 1) * RHYTHM_DAYS);
      if (number < MANY_REDEMPTIONS) continue;
      redeemed?.push(taken);
      placed?.push(ordered);
    }
    return [
      rowOf(`points redeemed, ${MANY_REDEMPTIONS} redemptions before`, true, redeemed ?? []),
      rowOf(`order.placed, 10 lines, ${MANY_REDEMPTIONS} redemptions before`, true, placed ?? []),
    ];
  }

  async others(): Promise<UnitsRow[]> {
    const orders = this.#orders;
    const withCoupon = async (repetition: number) => {
      const order = orders.order(10, await this.#known(repetition), TODAY);
      const couponId = orders.id('cpn');
      const given = await this.#command(give(ownerOf(order), { couponId, definition: 'birthday' }, before(order)));
      return { order, couponId, given };
    };
    const held = async (repetition: number) => {
      const { order, couponId } = await withCoupon(repetition);
      const kept = await this.#command(keep(ownerOf(order), couponId, { orderId: order.orderId, atMs: before(order) }));
      return { kept, placed: orders.placed(order, { couponIds: [couponId] }) };
    };
    return [
      await this.#repeated('member.checked_in', false, async (it) =>
        this.#live(orders.checkedIn((await this.#known(it)).memberId, TODAY)),
      ),
      await this.#repeated('an adjustment', false, async (it) =>
        this.#command(adjust((await this.#known(it)).memberId, orders.id('adj'), instantOf(TODAY))),
      ),
      await this.#repeated('a hold that ends, booked by the hour', false, async (it) => {
        await this.#clearDue(TODAY + RHYTHM_DAYS);
        const order = orders.order(10, await this.#known(it), TODAY);
        await this.#lived([orders.placed(order), orders.completed(order, COMPLETED_AFTER_DAYS)]);
        const { took } = await this.#shop.bookDue(instantOf(TODAY + RHYTHM_DAYS));
        return this.#followed(NOTHING, took);
      }),
      await this.#repeated('a coupon is issued', false, async (it) => (await withCoupon(it)).given),
      await this.#repeated('a coupon is held for an order', false, async (it) => (await held(it)).kept),
      await this.#repeated("order.placed naming a coupon: the coupon domain's part", false, async (it) => {
        const { placed } = await held(it);
        await this.#lived([placed]);
        return this.#followed(NOTHING, await this.#shop.reactForCoupons([placed]));
      }),
    ];
  }

  async hundredOrders(): Promise<Units['hundredOrders']> {
    const [placed, completed, due]: Measured[][] = [[], [], []];
    await this.#clearDue(100 * RHYTHM_DAYS);
    for (let number = 0; number < 100; number += 1) {
      const order = this.#orders.order(10, { memberId: 'mem-of-100' }, number * RHYTHM_DAYS);
      placed?.push(await this.#live(this.#orders.placed(order)));
      completed?.push(await this.#live(this.#orders.completed(order, COMPLETED_AFTER_DAYS)));
      const { took, members } = await this.#shop.bookDue(instantOf((number + 1) * RHYTHM_DAYS));
      if (members > 0) due?.push(await this.#followed(NOTHING, took));
    }
    return {
      placed: rowOf('order.placed, 100 orders of one member, each', true, placed ?? []),
      completed: rowOf('order.completed, 100 orders of one member, each', true, completed ?? []),
      due: rowOf('what falls due between them, each time', false, due ?? []),
    };
  }

  redelivery(): Promise<UnitsRow> {
    return this.#repeated('order.placed, 10 lines, delivered again', false, async (it) => {
      const event = this.#orders.placed(this.#orders.order(10, await this.#known(it), TODAY));
      await this.#lived([event]);
      return this.#followed(NOTHING, await this.#shop.react([event]));
    });
  }

  async #repeated(what: string, budgeted: boolean, once: (repetition: number) => Promise<Measured>): Promise<UnitsRow> {
    const measured: Measured[] = [];
    for (let repetition = 0; repetition < this.#repetitions; repetition += 1) measured.push(await once(repetition));
    return rowOf(what, budgeted, measured);
  }

  #later(
    what: string,
    prepare: (order: SampleOrder) => SampleEvent[],
    event: (order: SampleOrder) => SampleEvent,
  ): Promise<UnitsRow> {
    return this.#repeated(what, true, async (repetition) => {
      const order = this.#orders.order(10, await this.#known(repetition), TODAY);
      await this.#lived(prepare(order));
      return this.#live(event(order));
    });
  }

  /** A member with some orders, all of them received. The histories differ in length: every place in a page is met. */
  async #known(repetition: number): Promise<Owner> {
    const owner = this.#stranger();
    for (let number = repetition % 5; number < HISTORY_ORDERS; number += 1) {
      const order = this.#orders.order(HISTORY_LINES, owner, number * RHYTHM_DAYS);
      await this.#lived([this.#orders.placed(order), this.#orders.completed(order, COMPLETED_AFTER_DAYS)]);
    }
    await this.#clearDue(TODAY);
    return owner;
  }

  /** Books what other members have left until a day, so that what is booked then is of one member alone. */
  async #clearDue(day: number): Promise<void> {
    let members = 1;
    while (members > 0) {
      ({ members } = await this.#shop.bookDue(instantOf(day)));
      await this.#shop.publish();
    }
  }

  #stranger(): Owner {
    this.#members += 1;
    return { memberId: `mem-${40_000 + this.#members}` };
  }

  async #lived(events: readonly SampleEvent[]): Promise<void> {
    await this.#shop.live(events);
    await this.#shop.publish();
  }

  async #live(event: SampleEvent): Promise<Measured> {
    const intake = await this.#shop.intake([event]);
    return this.#followed(intake, await this.#shop.react([event]));
  }

  async #command(command: Parameters<MeteredShop['command']>[0]): Promise<Measured> {
    return this.#followed(NOTHING, await this.#shop.command(command));
  }

  async #followed(intake: Took, handler: Took): Promise<Measured> {
    return { intake, handler, publisher: (await this.#shop.publish()).took };
  }
}

const TODAY = HISTORY_ORDERS * RHYTHM_DAYS;

const ownerOf = ({ owner }: SampleOrder): string => ('memberId' in owner ? owner.memberId : '');
const before = ({ placedAtMs }: SampleOrder): number => placedAtMs - MINUTE_MS;

function rowOf(what: string, budgeted: boolean, measured: readonly Measured[]): UnitsRow {
  const both = measured.map(({ handler, publisher }) => sumOf(handler, publisher));
  const average = (pick: (took: Took) => number) => mean(both.map(pick));
  return {
    what,
    claimWru: mean(measured.map(({ intake, handler }) => intake.inboxWrites + handler.inboxWrites)),
    admissionRru: average(({ inboxReads }) => inboxReads),
    reactionWru: average(({ tableWrites }) => tableWrites),
    noteWru: average(({ noteWrites }) => noteWrites),
    wruMost: Math.max(...both.map(({ tableWrites, noteWrites }) => tableWrites + noteWrites)),
    reactionRru: average(({ tableReads }) => tableReads),
    policyRru: average(({ policyReads }) => policyReads),
    budgeted,
  };
}
