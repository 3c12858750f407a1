/** What members do beside ordering, and what it takes: points spent, check-ins, coupons. */
import { type Effort, Samples } from './effort.ts';
import type { Command, MeteredShop, Stored } from './metered-shop.ts';
import { difference } from './order-life.ts';
import { ASSUMPTIONS } from './prices.ts';
import { instantOf, type SampleOrder, SampleOrders } from './sample-orders.ts';

export type MemberLife = {
  members: number;
  rounds: number;
  /** Points that will pay part of an order which is yet to be placed. */
  redemption: Effort;
  /** The order that names it: what the loyalty domain takes. */
  placedWithRedemption: Effort;
  checkIn: Effort;
  issue: Effort;
  hold: Effort;
  /** An order that names a coupon: what the loyalty and the coupon domain take. */
  placedWithCoupon: Effort;
  couponOfPlaced: Effort;
  /** By kind of item. */
  stored: Record<string, Stored>;
};

export type MemberLifeOptions = { members: number; rounds: number };

export const MEMBER_LIFE: MemberLifeOptions = { members: 20, rounds: 15 };
export const QUICK_MEMBER_LIFE: MemberLifeOptions = { members: 10, rounds: 8 };

const LINES = 10;
const RHYTHM_DAYS = 9;
const BATCH = 10;
/** Without points to spend; the rounds after them warm the code up. */
const FIRST_ROUNDS = 2;
const WARM_UP_ROUNDS = 3;
/** The release's own policy defines this one: one unit a year for each member. */
const COUPON = 'birthday';
const COUPON_MEMBERS = 60;
const POINTS = 150;
/** From what is done at checkout to the order. */
const CHECKOUT_MS = 60_000;

/**
 * Members with some orders behind them spend points at every order, check in on every day in between, and are given a
 * coupon each, which they keep for an order and use.
 */
export async function measureMemberLife(
  shop: MeteredShop,
  { members, rounds }: MemberLifeOptions,
): Promise<MemberLife> {
  const sample = new SampleOrders(31);
  const before = await shop.stored();
  const [redemption, placedWithRedemption, checkIn] = [new Samples(), new Samples(), new Samples()];
  const orderOf = (member: number, round: number) =>
    sample.order(LINES, { memberId: memberId(member) }, round * RHYTHM_DAYS + member / members);
  const receive = async (orders: readonly SampleOrder[]) => {
    for (const order of orders) await shop.react([sample.completed(order, 1)]);
    await shop.publish();
  };
  const passTo = async (day: number) => {
    await shop.bookDue(instantOf(day));
    await shop.publish();
  };
  for (let round = 0; round < rounds + FIRST_ROUNDS; round += 1) {
    const timed = round >= FIRST_ROUNDS + WARM_UP_ROUNDS;
    const orders = Array.from({ length: members }, (_, member) => orderOf(member, round));
    if (round < FIRST_ROUNDS) {
      for (const order of orders) await shop.react([sample.placed(order)]);
    } else {
      const named = orders.map((order) => ({ order, redemptionId: sample.id('red') }));
      for (const [member, { order, redemptionId }] of named.entries()) {
        const body = { redemptionId, points: POINTS, orderId: order.orderId };
        redemption.took(await shop.command(redeem(memberId(member), body, order.placedAtMs - CHECKOUT_MS)), { timed });
      }
      await redemption.publish(shop, ASSUMPTIONS.recordsPerBatch, timed);
      for (const { order, redemptionId } of named) {
        const event = sample.placed(order, { redemptionId });
        placedWithRedemption.took(await shop.react([event]), { timed });
        placedWithRedemption.onBus([event]);
      }
      await placedWithRedemption.publish(shop, ASSUMPTIONS.recordsPerBatch, timed);
    }
    await receive(orders);
    for (let day = 3; day < RHYTHM_DAYS; day += 1) {
      await passTo(round * RHYTHM_DAYS + day);
      const events = Array.from({ length: members }, (_, member) =>
        sample.checkedIn(memberId(member), round * RHYTHM_DAYS + day + 0.1),
      );
      const size = day % 2 === 0 ? 1 : BATCH;
      for (let from = 0; from < events.length; from += size) {
        const batch = events.slice(from, from + size);
        checkIn.took(await shop.react(batch), { events: batch.length, timed });
      }
      checkIn.onBus(events);
      await checkIn.publish(shop, ASSUMPTIONS.recordsPerBatch, timed);
    }
    await passTo((round + 1) * RHYTHM_DAYS);
  }
  return {
    members,
    rounds,
    redemption: redemption.effort(),
    placedWithRedemption: placedWithRedemption.effort(),
    checkIn: checkIn.effort(),
    ...(await measureCoupons(shop, sample)),
    stored: difference(await shop.stored(), before),
  };
}

/** Members of one order each: the coupon at hand is given once a year. */
async function measureCoupons(shop: MeteredShop, sample: SampleOrders) {
  const [issue, hold] = [new Samples(), new Samples()];
  const [placedWithCoupon, couponOfPlaced] = [new Samples(), new Samples()];
  for (let member = 0; member < COUPON_MEMBERS; member += 1) {
    const timed = member >= COUPON_MEMBERS / 4;
    const owner = { memberId: `mem-coupon-${member}` };
    await shop.react([sample.placed(sample.order(LINES, owner, 0))]);
    await shop.publish();
    const couponId = sample.id('cpn');
    const order = sample.order(LINES, owner, RHYTHM_DAYS);
    const atMs = order.placedAtMs - CHECKOUT_MS;
    issue.took(await shop.command(give(owner.memberId, { couponId, definition: COUPON }, atMs)), { timed });
    hold.took(await shop.command(keep(owner.memberId, couponId, { orderId: order.orderId, atMs })), { timed });
    const event = sample.placed(order, { couponIds: [couponId] });
    placedWithCoupon.took(await shop.react([event]), { timed });
    placedWithCoupon.onBus([event]);
    couponOfPlaced.took(await shop.reactForCoupons([event]), { timed });
    await placedWithCoupon.publish(shop, ASSUMPTIONS.recordsPerBatch, timed);
  }
  return {
    issue: issue.effort(),
    hold: hold.effort(),
    placedWithCoupon: placedWithCoupon.effort(),
    couponOfPlaced: couponOfPlaced.effort(),
  };
}

const memberId = (member: number): string => `mem-points-${member}`;

export function redeem(
  id: string,
  body: { redemptionId: string; points: number; orderId?: string },
  atMs: number,
): Command {
  const route = 'POST /v1/members/{id}/redemptions';
  return { domain: 'loyalty', route, path: { id }, body, scope: 'members:write', atMs };
}

export function adjust(id: string, adjustmentId: string, atMs: number): Command {
  const route = 'POST /v1/members/{id}/adjustments';
  const body = { adjustmentId, points: 50, reason: 'The parcel came two days late.' };
  return { domain: 'loyalty', route, path: { id }, body, scope: 'desk', atMs };
}

export function give(id: string, body: { couponId: string; definition: string }, atMs: number): Command {
  const route = 'POST /v1/members/{id}/coupons';
  return { domain: 'coupon', route, path: { id }, body, scope: 'members:write', atMs };
}

export function keep(id: string, couponId: string, { orderId, atMs }: { orderId: string; atMs: number }): Command {
  const route = 'POST /v1/members/{id}/coupons/{couponId}/hold';
  return { domain: 'coupon', route, path: { id, couponId }, body: { orderId }, scope: 'members:write', atMs };
}
